"""Drawing: text measured with the shipped font, shapes as data, and the formats they become."""
