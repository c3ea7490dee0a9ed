"""The rules of the house as functions: each reads a checkout and says what breaks it, a line each.

`tests/test_architecture.py` holds this checkout to them, and shows of each that it notices small trees that
break it. Rules read files only: nothing is imported or run. That whatever is imported is pinned stands in
`tests/test_requirements.py`, beside the versions.
"""

from tests.house.checkout import House, Rule
from tests.house.errors import no_error_is_swallowed, nothing_is_left_for_later
from tests.house.imports import (
    every_floor_is_inhabited,
    imports_point_down,
    no_modules_in_a_circle,
    no_relative_imports,
    nobody_knows_a_page,
    one_module_parses_xml,
    one_module_starts_processes,
    only_the_table_names_readers,
    pages_see_public_names_only,
    parts_do_not_know_each_other,
    reader_families_form_no_circle,
    the_engine_knows_no_page,
)
from tests.house.names import (
    every_module_is_named_by_a_test,
    no_constant_goes_unread,
    public_classes_have_their_own_names,
)
from tests.house.shape import (
    a_method_of_library_is_one_call,
    classes_stay_small,
    files_stay_small,
    folders_stay_small,
    functions_stay_small,
    loose_files_are_the_named_ones,
)

RULES: tuple[Rule, ...] = (
    no_relative_imports,
    the_engine_knows_no_page,
    nobody_knows_a_page,
    imports_point_down,
    parts_do_not_know_each_other,
    every_floor_is_inhabited,
    no_modules_in_a_circle,
    reader_families_form_no_circle,
    only_the_table_names_readers,
    pages_see_public_names_only,
    one_module_parses_xml,
    one_module_starts_processes,
    loose_files_are_the_named_ones,
    folders_stay_small,
    files_stay_small,
    functions_stay_small,
    classes_stay_small,
    a_method_of_library_is_one_call,
    public_classes_have_their_own_names,
    no_constant_goes_unread,
    every_module_is_named_by_a_test,
    nothing_is_left_for_later,
    no_error_is_swallowed,
)

__all__ = ["RULES", "House", "Rule"]
