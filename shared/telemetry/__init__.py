"""What the app tells of itself while it runs: traces and figures. Nothing is loaded or done until it is switched on."""
