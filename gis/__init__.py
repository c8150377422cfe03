"""WHERE: coordinates, geometry, areas and the one door to the database."""
