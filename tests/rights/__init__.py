"""Who may do what: tables written by hand from the design, one file for each noun."""

from tests.rights import accounts, comments, posts, reading, site

_NOUNS = (posts, comments, site, accounts, reading)
ROWS = [row for noun in _NOUNS for row in noun.ROWS]
FORMS = {path: form for noun in _NOUNS for path, form in noun.FORMS.items()}
