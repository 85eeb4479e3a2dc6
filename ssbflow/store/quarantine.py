"""The quarantine: where a repair puts what is damaged or does not belong; nothing is ever deleted."""

import errno
import shutil
from datetime import UTC, datetime
from pathlib import Path

from ssbflow.store.durable import replaced_durably, sync_folder, sync_tree, told_clearly
from ssbflow.store.layout import Store


class Quarantine:
    """A folder of a store's quarantine that is named by the time, for one repair.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.folder = store.quarantine / datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")

    def take(self, path: Path) -> bool:
        """Move a file, link or folder here, under the path that it has in the store; return whether it was there.

        It is copied, made durable, and only then removed: a kill between the two leaves it in both places. There may
        be no renaming from one folder to another (quotas by project, overlays).

        Raises
        ------
        DiskError
            It cannot be written.
        """
        target = self.folder / path.relative_to(self.store.root)
        with told_clearly(target):
            if path.is_symlink():
                self._take_link(path, target)
            elif path.is_dir():
                self._take_folder(path, target)
            elif path.exists():
                self._take_file(path, target)
            else:
                return False
            sync_folder(path.parent)
        return True

    def _take_link(self, path: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(path.readlink())
        sync_folder(target.parent)
        path.unlink()

    def _take_folder(self, path: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(path, target, symlinks=True, dirs_exist_ok=True)
        sync_tree(target)
        sync_folder(target.parent)
        shutil.rmtree(path)

    def _take_file(self, path: Path, target: Path) -> None:
        try:
            with replaced_durably(target) as temporary:
                shutil.copy2(path, temporary)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            path.rename(target)  # what the disk cannot read any more cannot be copied either
        else:
            path.unlink()
