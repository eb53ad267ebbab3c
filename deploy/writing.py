"""`deploy/write DOMAIN PART...`: the shipped files, filled in, for a guide by hand or an image.

It only writes. What is linked and started afterwards is said by docs/deploy/vps.md.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from deploy.choices import Choices, site_of, version_of
from deploy.fill import Site, nginx_files, run_folder_file, supervisor_files, systemd_files
from deploy.hand import tell_failure

PARTS: Mapping[str, Callable[[Site], dict[Path, str]]] = {
    "nginx": nginx_files,
    "systemd": lambda site: {**systemd_files(site), **run_folder_file(site)},
    "supervisor": lambda site: {**supervisor_files(site), **run_folder_file(site)},
}


def main() -> int:
    """The command."""
    options = _options()
    site = site_of(Choices(options.domain, source=""))
    if options.nginx:
        site = replace(site, nginx_version=version_of(options.nginx))
    try:
        for part in options.part:
            _write(PARTS[part](site), options.under)
    except OSError as error:
        return tell_failure(error)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="deploy/write")
    parser.add_argument("domain", help="the blog's name, such as blog.example.com")
    parser.add_argument("part", nargs="+", choices=sorted(PARTS), help="what to write")
    parser.add_argument("--under", type=Path, default=Path("/"), help="a root other than /")
    parser.add_argument("--nginx", metavar="VERSION", help="nginx's there (that of this machine)")
    return parser.parse_args()


def _write(files: Mapping[Path, str], under: Path) -> None:
    for path, text in files.items():
        target = under / path.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        print(target)
