"""What is there to be read."""

from tests.matrix import Forms, rows

# What is public is everyone's; what is not yet, is for those to see who may edit it.
TABLE = """
#                                     stranger mallory rita carol alice eve ada
GET  /                              | 200
GET  /links                         | 200
GET  /category/{travel_slug}        | 200
GET  /category/{travel}             | 301
GET  /category/nowhere              | 404
GET  /tag/{lamps_slug}              | 200
GET  /tag/{quiet_slug}              | 404
GET  /tag/lanterns                  | 301
GET  /series/voyages                | 200
GET  /series/journeys               | 301
GET  /series/unheard                | 404
GET  /series/nowhere                | 404
GET  /tag/nowhere                   | 404
GET  /archive                       | 200
GET  /archive/2026                  | 200
GET  /archive/2026/03               | 200
GET  /archive/2026/13               | 404
GET  /archive/0000                  | 404
GET  /archive/1999                  | 404
GET  /author/alice                  | 200
GET  /author/rita                   | 404
GET  /author/mallory                | 404
GET  /search                        | 200
GET  /search?q=lamp                 | 200
GET  /search?q=lamp&category=nowhere | 404
GET  /search?q=lamp&author=rita     | 404
GET  /search?q=lamp&page=2          | 404
GET  /search?q=lamp&page=-1         | 404

GET  /post/{alices_published_slug}  | 200
GET  /post/{alices_published}       | 301
GET  /post/old-name                 | 301
GET  /post/{alices_draft_slug}      | 404 404 404 404 200 200 200
GET  /post/{alices_pending_slug}    | 404 404 404 404 200 200 200
GET  /post/{alices_trashed_slug}    | 404
GET  /post/{bobs_draft_slug}        | 404 404 404 404 404 200 200
GET  /post/{carols_draft_slug}      | 404 404 404 200 404 200 200
GET  /post/{carols_pending_slug}    | 404 404 404 200 404 200 200
GET  /post/{carols_trashed_slug}    | 404
GET  /post/{alices_draft}           | 404
GET  /{about_slug}                  | 200
GET  /{imprint_slug}                | 404 404 404 404 404 200 200
GET  /{about_slug}/{history_slug}   | 200
GET  /{about_slug}/{plans_slug}     | 404 404 404 404 404 200 200
GET  /{history_slug}                | 404
GET  /{imprint_slug}/{history_slug} | 404

GET  /feed.atom                     | 200
GET  /feed.xml                      | 404
GET  /category/{travel_slug}/feed.rss | 200
GET  /category/nowhere/feed.rss     | 404
GET  /tag/{lamps_slug}/feed.json    | 200
GET  /tag/lanterns/feed.atom        | 301
GET  /tag/nowhere/feed.atom         | 404
GET  /series/voyages/feed.rss       | 200
GET  /series/journeys/feed.json     | 301
GET  /series/unheard/feed.atom      | 404
GET  /author/alice/feed.atom        | 200
GET  /author/rita/feed.atom         | 404
GET  /comments/feed.rss             | 200
GET  /post/{alices_published_slug}/feed.json | 200
GET  /post/old-name/feed.atom       | 301
GET  /post/{alices_draft_slug}/feed.json | 404
GET  /robots.txt                    | 200
GET  /sitemap.xml                   | 200
GET  /sitemap-lists.xml             | 200
GET  /sitemap-1.xml                 | 200
GET  /sitemap-99.xml                | 404

GET  /change-theme/dark             | 302
GET  /change-theme/solarized        | 404
GET  /change-language/zh-Hans       | 302
GET  /change-language/tlh           | 404
GET  /custom/{custom_css_digest}.css | 200
GET  /custom/0000000000.css         | 404
GET  /custom/{custom_css_digest}.js | 404
GET  /uploads/{picture_name}        | 200
GET  /uploads/{picture_name}.bak    | 404
GET  /admin/uploads/{picture_name}  | 301
GET  /static/css/reader.css         | 200
GET  /static/css/nothing.css        | 404
GET  /bootstrap/static/css/bootstrap.min.css | 200

# For machines; no worker was seen on this stage.
GET  /healthz                       | 200
GET  /readyz                        | 503

# The editor is served from a copy of our own, smaller than the one that comes with its extension.
GET  /ckeditor/static/basic/ckeditor.js | 404
"""

ROWS = rows(TABLE)
FORMS: Forms = {}
