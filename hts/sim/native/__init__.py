"""The venues' own protocols on the simulator's side: order entry sessions and feeds, without I/O."""
