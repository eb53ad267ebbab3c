"""Pure functions on text: no request, no database, no clock."""
