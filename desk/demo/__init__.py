"""The demo: people, and complaints in every stage, made by the same operations as real ones at times that lie behind us."""
