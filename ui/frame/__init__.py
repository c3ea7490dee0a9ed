"""What stands around every page: navigation, the menu of libraries, who may open it."""
