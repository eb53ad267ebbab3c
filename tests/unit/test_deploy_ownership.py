"""What root does in folders of the blog's: nothing that a link there could lead elsewhere."""

import re
from pathlib import Path

from deploy.fill import Site, supervisor_files, systemd_files

SITE = Site("blog.example.com")
BLOGS = (SITE.data, SITE.uploads, SITE.app_logs, SITE.run)


def test_no_log_that_root_opens_lies_in_a_folder_of_the_blogs() -> None:
    """Supervisor opens them as root, and so would systemd what it is told to append to."""
    files = "\n".join([*supervisor_files(SITE).values(), *systemd_files(SITE).values()])
    opened = re.findall(r"^std(?:out|err)_logfile=(.+)$", files, re.MULTILINE)
    opened += re.findall(r"^Standard(?:Output|Error)=\w+:(.+)$", files, re.MULTILINE)
    assert len(opened) == 2
    for name in opened:
        assert not any(Path(name).is_relative_to(folder) for folder in BLOGS), name
