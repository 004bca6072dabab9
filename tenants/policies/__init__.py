"""What the people of a union are held to: the policy recorded last, and what unions forbid beyond it."""
