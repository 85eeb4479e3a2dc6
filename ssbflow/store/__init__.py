"""Records, case files and cubes, and reading them."""
