"""When a question is asked: a statement that is made once takes it as a parameter."""

from datetime import datetime

from sqlalchemy import BindParameter, bindparam

from bluelog.models.base import UTCDateTime

Moment = datetime | BindParameter[datetime]
NOW = bindparam("now", type_=UTCDateTime)
