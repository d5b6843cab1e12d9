"""What stands in for Azure on one machine. Nothing in functions/ or shared/ knows it exists."""
