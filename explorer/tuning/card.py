"""The model card: a README in the form that model hubs know, so that a folder says what it is and was."""

from __future__ import annotations

from explorer.tuning.results import Trial


def card(trial: Trial) -> str:
    """The card of the model that a trial made, in Markdown with its data in front."""
    whole = trial.compared[0]
    rows = "\n".join(
        f"| {one.kind} | {one.questions:,} | {one.documents:,} | {one.before:.3f} | {one.after:.3f} "
        f"| {one.low:+.3f} to {one.high:+.3f} |"
        for one in trial.compared
    )
    return f"""---
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags:
- sentence-transformers
- feature-extraction
---

# {trial.base}, trained further on one library

Made by Document Explorer on {trial.made_at} from `{trial.base.replace("`", "'")}`, whose licence holds for
this model too. Its weights may hold traces of the documents that it was trained on: give it only to those who
may read these.

```python
from sentence_transformers import SentenceTransformer

vectors = SentenceTransformer("this folder").encode(["a text"])
```

## Training

{trial.pairs:,} pairs of a question and its passage from {trial.documents:,} documents, each with a passage
that search finds and that is not meant; {trial.steps} steps of 16, MultipleNegativesRankingLoss, AdamW, rate
{trial.rate:g}, texts of at most 128 tokens, seed {trial.seed}; {trial.seconds / 60:.1f} minutes,
{trial.memory / 1e6:,.0f} MB.

## Judged

On {whole.documents:,} documents that it was not trained on: the mean reciprocal rank, among the first ten, of
the passage that belongs to a question. Intervals of {trial.confidence:.1%}, documents drawn anew.

| questions from | questions | documents | before | after | difference |
|---|---|---|---|---|---|
{rows}
"""
