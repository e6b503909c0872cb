"""What differs by place, changed by the administrators of the agency itself: pages under /can-bo/cung-cap/."""
