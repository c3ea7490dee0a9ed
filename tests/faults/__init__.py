"""What is broken on purpose: processes killed, disks filled, bytes flipped, many at once.

docs/security.md has the table of what came out; `FAULTS_KILLS`, `FAULTS_FLIPS`, `FAULTS_SECONDS` and
`FAULTS_SEED` in the environment make any of it longer, or repeat it.
"""
