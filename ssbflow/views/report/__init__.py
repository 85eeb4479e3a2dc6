"""The report: one HTML file that tells all of a cube, opens in any browser and needs no network."""
