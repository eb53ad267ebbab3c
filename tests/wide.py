"""Tests that are wide rather than deep: `make test` leaves them to `make test-all`, and what of
them the kind of database matters to runs in `make test-postgres` as well.

Each is a table of many cases of one rule, or a server of somebody else's. What is left still meets
every part of the program, in about three minutes on two cores, so that it is run often.
"""

WIDE = (
    "architecture/test_kept_rows.py",
    "e2e/test_before_publishing.py",
    "e2e/test_every_page.py",
    "e2e/test_import.py",
    "e2e/test_keyboard.py",
    "e2e/test_library.py",
    "e2e/test_markdown.py",
    "e2e/test_measures.py",
    "e2e/test_print.py",
    "e2e/test_roles.py",
    "e2e/test_scheduling.py",
    "e2e/test_search.py",
    "e2e/test_words.py",
    "integration/backup/",
    "integration/doctor/test_doctor_command.py",
    "integration/doctor/test_own_address.py",
    "integration/flat/",
    "integration/growing/",
    "integration/importing/",
    "integration/parity/",
    "integration/related/",
    "integration/search/",
    "integration/test_access_log.py",
    "integration/test_accounts",
    "integration/test_agreement.py",
    "integration/test_archive.py",
    "integration/test_authors_",
    "integration/test_bad_input",
    "integration/test_comment_",
    "integration/test_conditional_feeds.py",
    "integration/test_delivery",
    "integration/test_feeds_property.py",
    "integration/test_identical_bytes.py",
    "integration/test_light_start.py",
    "integration/test_like_windows.py",
    "integration/test_notify.py",
    "integration/test_page_freshness.py",
    "integration/test_page_watch.py",
    "integration/test_preview_links.py",
    "integration/test_roles.py",
    "integration/test_upload_formats.py",
    "integration/test_words_",
)

# What is the same on every database, or asks a browser about what is: not run on PostgreSQL again.
ALIKE = ("deploy/", "documents/", "unit/", *(name for name in WIDE if name.startswith("e2e/")))
