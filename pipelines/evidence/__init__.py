"""What speaks for this program and against it: one chapter of docs/validation.md in each file."""
