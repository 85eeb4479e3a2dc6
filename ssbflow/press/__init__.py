"""From a loose packing to a pressed one: LAMMPS data and script, running it, reading what it leaves."""
