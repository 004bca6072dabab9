"""What a notice may show, how long it stands, which objections are heard, and whom they hold. Pure."""
