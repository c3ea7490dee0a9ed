"""What all embedders share whose models are folders of safetensors."""

from __future__ import annotations

from explorer.embedding import folder as folders
from explorer.embedding.base import PrecisionChoice
from explorer.embedding.bert.precision import choose, openvino_problem
from explorer.embedding.options import split_options
from explorer.embedding.places import find, find_checked, is_default
from explorer.errors import ModelError


class FolderEmbedder:
    """All of an `Embedder` but `load`: a subclass loads what it can and leaves the rest to the next one."""

    is_remote = False

    def takes(self, name: str) -> bool:  # noqa: ARG002  (whatever has another name than a server's)
        """True: any name may be that of a folder. `load` looks inside."""
        return True

    def examine(self, name: str) -> None:
        """Raises ModelError where the folder is missing, damaged or could run code, or an option is none."""
        base, options = split_options(name)
        find_checked(base)
        problem = openvino_problem() if options.precision == "int8" else None
        if problem:
            raise ModelError(f"OpenVINO, by which int8 is computed, {problem}. Choose another precision.")

    def choose(self, name: str) -> PrecisionChoice:
        """In what the model computes here, and why: int8 only where it was set or measured."""
        base, options = split_options(name)
        if options.precision is not None:
            return PrecisionChoice(
                options.precision, "cpu", "it was chosen, instead of what suits the machine"
            )
        return choose(is_measured=is_default(base) and not options.change_what_it_does)

    def identify(self, name: str, precision: str | None) -> tuple[str, str]:
        """(precision, fingerprint of the folder's files in it and of the options). Raises ModelError."""
        precision = precision or self.choose(name).precision
        base, options = split_options(name)
        return precision, options.fingerprint(folders.fingerprint(find(base), precision))
