"""The one door to a deployment: no other code can send a prompt."""
