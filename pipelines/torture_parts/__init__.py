"""Parts of the torture of a store: who works on it, who kills them, and who judges."""
