"""The rule engine: plain words become CluedIn rules that were run before they are offered."""
