"""What is of the blog as a whole: categories, links, people, settings."""

from typing import Any

from tests.matrix import rows
from tests.stage import Stage

# Editors keep lists, links, menus, redirects; people, settings, health are administrators'.
TABLE = """
#                                           stranger mallory rita carol alice eve ada
GET  /admin/categories                    | sign-in sign-in 403 403 403 200 200
GET  /admin/categories/new                | sign-in sign-in 403 403 403 200 200
POST /admin/categories/new                | 401 401 403 403 403 done done | new category.name=Changed
GET  /admin/categories/{travel}/edit      | sign-in sign-in 403 403 403 200 200
GET  /admin/categories/{general}/edit     | sign-in sign-in 403 403 403 200 200
POST /admin/categories/{travel}/edit      | 401 401 403 403 403 done done | .name=Changed
POST /admin/categories/{general}/edit     | 401 401 403 403 403 done done | .name=Changed
POST /admin/categories/{travel}/deletion  | 401 401 403 403 403 done done | gone
POST /admin/categories/{general}/deletion | 401 401 403 403 403 refused refused
GET  /admin/category/manage               | sign-in sign-in 403 301 301 301 301
GET  /admin/category/new                  | sign-in sign-in 403 301 301 301 301
GET  /admin/category/{travel}/edit        | sign-in sign-in 403 301 301 301 301

GET  /admin/tags                          | sign-in sign-in 403 403 403 200 200
GET  /admin/series                        | sign-in sign-in 403 403 403 200 200
GET  /admin/series/{voyages}/edit         | sign-in sign-in 403 403 403 200 200
POST /admin/series/{voyages}/edit         | 401 401 403 403 403 done done | .name=Changed
POST /admin/series/{voyages}/deletion     | 401 401 403 403 403 done done | gone
GET  /admin/tags?q=lamp                   | sign-in sign-in 403 403 403 200 200
GET  /admin/tags/{lamps}/edit             | sign-in sign-in 403 403 403 200 200
POST /admin/tags/{lamps}/edit             | 401 401 403 403 403 done done | .name=Changed
POST /admin/tags/{quiet}/merger           | 401 401 403 403 403 done done | gone
POST /admin/tags/{lamps}/deletion         | 401 401 403 403 403 done done | gone

GET  /admin/links                         | sign-in sign-in 403 403 403 200 200
GET  /admin/links/new                     | sign-in sign-in 403 403 403 200 200
POST /admin/links/new                     | 401 401 403 403 403 done done | new link.name=Changed
GET  /admin/links/{link}/edit             | sign-in sign-in 403 403 403 200 200
POST /admin/links/{link}/edit             | 401 401 403 403 403 done done | .name=Changed
POST /admin/links/{link}/deletion         | 401 401 403 403 403 done done | gone
GET  /admin/link/manage                   | sign-in sign-in 403 301 301 301 301
GET  /admin/link/new                      | sign-in sign-in 403 301 301 301 301
GET  /admin/link/{link}/edit              | sign-in sign-in 403 301 301 301 301

GET  /admin/menus                         | sign-in sign-in 403 403 403 200 200
GET  /admin/menus/new                     | sign-in sign-in 403 403 403 200 200
GET  /admin/menus/new?menu=footer         | sign-in sign-in 403 403 403 200 200
POST /admin/menus/new                     | 401 401 403 403 403 done done | new menu_item.label=Changed
GET  /admin/menus/{page_entry}/edit       | sign-in sign-in 403 403 403 200 200
GET  /admin/menus/{url_entry}/edit        | sign-in sign-in 403 403 403 200 200
POST /admin/menus/{page_entry}/edit       | 401 401 403 403 403 done done | .label=Changed
POST /admin/menus/{url_entry}/edit        | 401 401 403 403 403 done done | .label=Changed
POST /admin/menus/{page_entry}/earlier    | 401 401 403 403 403 done done | .position=1
POST /admin/menus/{page_entry}/later      | 401 401 403 403 403 done done | .position=3
POST /admin/menus/{page_entry}/removal    | 401 401 403 403 403 done done | gone

GET  /admin/redirects                     | sign-in sign-in 403 403 403 200 200
GET  /admin/redirects?q=old               | sign-in sign-in 403 403 403 200 200
GET  /admin/redirects/new                 | sign-in sign-in 403 403 403 200 200
GET  /admin/redirects/new?path=/old-tale  | sign-in sign-in 403 403 403 200 200
POST /admin/redirects/new                 | 401 401 403 403 403 done done | new redirect.path=/changed
GET  /admin/redirects/{moved}/edit        | sign-in sign-in 403 403 403 200 200
POST /admin/redirects/{moved}/edit        | 401 401 403 403 403 done done | .target=/about
POST /admin/redirects/{moved}/deletion    | 401 401 403 403 403 done done | gone
GET  /admin/redirects/missing             | sign-in sign-in 403 403 403 200 200
GET  /admin/redirects/missing?ignored=1   | sign-in sign-in 403 403 403 200 200
POST /admin/redirects/missing/{missed}/dismissal | 401 401 403 403 403 done done | .is_ignored=1
POST /admin/redirects/missing/{ignored}/recall   | 401 401 403 403 403 done done | .is_ignored=0

GET  /admin/reads                         | sign-in sign-in 403 403 403 200 200
GET  /admin/reads?days=365                | sign-in sign-in 403 403 403 200 200
GET  /admin/reads?days=8                  | sign-in sign-in 403 403 403 404 404
GET  /admin/posts/{alices_published}/reads | sign-in sign-in 403 404 200 200 200
GET  /admin/posts/{bobs_published}/reads  | sign-in sign-in 403 404 404 200 200
GET  /admin/posts/{carols_published}/reads | sign-in sign-in 403 200 404 200 200
GET  /admin/posts/{about}/reads           | sign-in sign-in 403 404 404 200 200

GET  /admin/people                        | sign-in sign-in 403 403 403 403 200
GET  /admin/people/invitation             | sign-in sign-in 403 403 403 403 200
POST /admin/people/invitation             | 401 401 403 403 403 403 done | new user.status=invited
GET  /admin/people/{bob}                  | sign-in sign-in 403 403 403 403 200
GET  /admin/people/{ivan}                 | sign-in sign-in 403 403 403 403 200
GET  /admin/people/{ada}                  | sign-in sign-in 403 403 403 403 200
POST /admin/people/{bob}/role             | 401 401 403 403 403 403 done | .role=editor
POST /admin/people/{rita}/role            | 401 401 403 403 403 403 done | .role=editor
POST /admin/people/{ada}/role             | 401 401 403 403 403 403 refused
POST /admin/people/{bob}/suspension       | 401 401 403 403 403 403 done | .status=disabled
POST /admin/people/{ada}/suspension       | 401 401 403 403 403 403 refused
POST /admin/people/{mallory}/reinstatement | 401 401 403 403 403 403 done | .status=active
POST /admin/people/{una}/confirmation     | 401 401 403 403 403 403 done | .status=active
POST /admin/people/{mallory}/confirmation | 401 401 403 403 403 403 refused
POST /admin/people/{ivan}/invitation      | 401 401 403 403 403 403 done | new token.purpose=invitation
POST /admin/people/{bob}/invitation       | 401 401 403 403 403 403 refused
POST /admin/people/{bob}/reset            | 401 401 403 403 403 403 done | new token.purpose=reset
POST /admin/people/{mallory}/reset        | 401 401 403 403 403 403 refused
POST /admin/people/{ivan}/removal         | 401 401 403 403 403 403 done | gone
POST /admin/people/{bob}/removal          | 401 401 403 403 403 403 refused

GET  /admin/settings                      | sign-in sign-in 403 403 403 403 200
POST /admin/settings                      | 401 401 403 403 403 403 done | settings.title=Changed

GET  /admin/health                        | sign-in sign-in 403 403 403 403 200
POST /admin/health/test-message           | 401 401 403 403 403 403 refused
"""  # noqa: E501  (a row of a table is one line)


def form(_stage: Stage) -> dict[str, Any]:
    """What any of these forms takes; each leaves what it does not know."""
    return {
        "name": "Changed",
        "into": "lamps",
        "menu": "footer",
        "label": "Changed",
        "url": "https://changed.example.org/",
        "path": "/changed",
        "target": "/about",
        "email": "",
        "role": "editor",
        "title": "Changed",
        "language": "en",
        "time_zone": "UTC",
        "text_font": "serif",
        "slug_style": "pinyin",
        "version": 1,
    }


ROWS = rows(TABLE)
FORMS = {row.path: form for row in ROWS}
FORMS["/admin/menus/new"] = lambda stage: form(stage) | {"target": "url"}
