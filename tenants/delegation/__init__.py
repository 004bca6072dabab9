"""Who stands in for whom: deputies, supervisors who look into a union below, officers lent to a small union."""
