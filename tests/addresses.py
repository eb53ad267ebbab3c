"""The addresses of a staged blog that readers and programs ask for, by what they answer."""

# Every GET rule of the readers' blueprint, by what it answers.
PAGES = [
    "/",
    "/?before=end",
    "/links",
    "/category/{travel_slug}",
    "/category/general",
    "/tag/{lamps_slug}",
    "/series/voyages",
    "/archive",
    "/archive/2026",
    "/archive/2026/03",
    "/author/alice",
    "/post/{bobs_published_slug}",
    "/post/{bobs_published_slug}?before=end",
    "/post/{bobs_published_slug}?notice=comment-pending",
    "/{about_slug}",
    "/{about_slug}/{history_slug}",
]
# What programs read, in the language of the blog.
MACHINES = [
    "/feed.atom",
    "/category/{travel_slug}/feed.rss",
    "/author/alice/feed.json",
    "/series/voyages/feed.rss",
    "/tag/{lamps_slug}/feed.atom",
    "/comments/feed.atom",
    "/post/{bobs_published_slug}/feed.rss",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap-lists.xml",
    "/sitemap-1.xml",
]
REDIRECTS = [
    "/?page=1",
    "/category/{travel}",
    "/post/{bobs_published}",
    "/post/old-name",
    "/tag/lanterns",
    "/series/journeys",
    "/post/old-name/feed.atom",
    "/reply/comment/{reply}",
    "/admin/uploads/{picture_name}",
]
# Where a page is not to be kept, it is still the same for everyone.
UNKEPT = [
    "/post/{bobs_published_slug}/comments/{reply}",
    "/post/{bobs_published_slug}/comments/{reply}/reply",
    "/post/nowhere",
    "/nowhere",
    "/category/nowhere",
    "/tag/nowhere",
    "/series/unheard",
    "/preview/{preview_address}",
    "/series/nowhere",
    "/archive/1999/01",
    "/author/nobody",
    "/author/nobody/feed.atom",
    "/sitemap-2.xml",
    "/?page=999",
    "/search",
    "/search?q=published",
    "/search?q=%22said+%2A+NEAR%28",
    "/search?q=nothing-of-the-kind",
]
