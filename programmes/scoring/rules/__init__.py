"""What makes a score valid, what scores come to, who may not score, and when a list may be proposed. Pure."""
