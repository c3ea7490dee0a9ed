"""What our own components were given, and clicks in them; the harness knows native widgets only."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def proto(app: AppTest, name: str) -> Any:
    """The component `explorer_<name>` as it was sent to the browser; fails if it is not on the page."""
    found = [each.proto for each in app.get("bidi_component")]
    match = [each for each in found if each.component_name == f"explorer_{name}"]
    assert len(match) == 1, [each.component_name for each in found]
    return match[0]


def data(app: AppTest, name: str) -> dict[str, Any]:
    """The data of a component."""
    return json.loads(proto(app, name).json)


def is_shown(app: AppTest, name: str) -> bool:
    return any(each.proto.component_name == f"explorer_{name}" for each in app.get("bidi_component"))


def trigger(app: AppTest, name: str, event: str, value: Any) -> AppTest:
    """Runs the page as if the component had sent `event` with `value`."""
    states = app._tree.get_widget_states()
    state = states.widgets.add()
    state.id = f"$$STREAMLIT_INTERNAL_KEY_{proto(app, name).id}__events"
    state.json_trigger_value = json.dumps([{"event": event, "value": value}])
    app._run(states)
    assert not app.exception, app.exception
    return app


def words(nodes: list[Any]) -> str:
    """The text of nodes of `ui.rich`."""
    return "".join(node if isinstance(node, str) else words(node.get("c", [])) for node in nodes)


def marked(nodes: list[Any]) -> list[str]:
    """The marked parts of nodes of `ui.rich`."""
    return [words([node]) for node in nodes if isinstance(node, dict) and node["t"] == "mark"]
