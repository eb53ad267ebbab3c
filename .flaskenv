# Public settings of the `flask` command. Secret ones belong in .env, which is not in git.
FLASK_APP=bluelog
