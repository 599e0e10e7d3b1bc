//! Pictures, made in the tests.

mod hostile;
mod metadata;
mod small;
mod stage;
