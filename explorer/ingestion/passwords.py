"""Passwords of files, kept in memory only: nothing writes them down, and they go with the process."""

from __future__ import annotations


class Passwords:
    """Passwords that people gave. A job's password is kept by the file's bytes too once it was used on them,
    so that the document can be redone without asking again."""

    def __init__(self) -> None:
        self._of_jobs: dict[int, str] = {}
        self._of_files: dict[str, str] = {}
        self._tried: dict[int, str | None] = {}

    def keep(self, job_id: int, password: str) -> None:
        """Keep the password for the file of a job."""
        self._of_jobs[job_id] = password

    def find(self, job_id: int, sha256: str) -> str | None:
        """The password to read the file of a job with; None where nobody gave one."""
        self._tried[job_id] = self._of_jobs.get(job_id) or self._of_files.get(sha256)
        return self._tried[job_id]

    def has_untried(self, job_id: int) -> bool:
        """Whether one was given for a job after that with which its file was read last: while it was read."""
        given = self._of_jobs.get(job_id)
        return given is not None and given != self._tried.get(job_id)

    def used(self, job_id: int, sha256: str) -> None:
        """The file of a job was read: from now on its bytes have the password, and the job needs none."""
        self._tried.pop(job_id, None)
        if job_id in self._of_jobs:
            self._of_files[sha256] = self._of_jobs.pop(job_id)
