"""What single values of an export may be, and how strictly what it says is taken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, ConfigDict, Field

HUGE = 2**53
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Digest = Annotated[bytes, Field(min_length=32, max_length=32)]
Name = Annotated[str, Field(min_length=1, max_length=100_000)]
Line = Annotated[str, Field(max_length=100_000)]
Number = Annotated[int, Field(ge=0, le=HUGE)]
Share = Annotated[float, Field(ge=0, le=1)]
Difference = Annotated[float, Field(ge=-1, le=1)]
Seconds = Annotated[float, Field(ge=0, le=100_000_000_000)]
Moment = Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC))]

STRICT = ConfigDict(
    frozen=True,
    strict=True,
    extra="ignore",
    allow_inf_nan=False,
    hide_input_in_errors=True,
    ser_json_bytes="base64",
    val_json_bytes="base64",
)
"""For all that an export says: no other type than the one that is named, and no number that is none."""
