"""What puts a Bluelog on a server and keeps it there. It needs Python's own library and no more."""
