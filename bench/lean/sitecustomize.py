"""Python reads it before all else: what no server on SQLite has installed cannot be had here.

Who develops has the drivers of every database, and libraries load whichever they find.
"""

import sys

sys.modules.update(dict.fromkeys(("boto3", "psycopg", "redis")))
