"""Who the unions are: the tree, its levels and lines, the people who sign in, and the binding of a session to one tenant."""
