//! The hand-over from a capture thread to the encoder: one place, the newest picture wins, and the commands.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::Picture;

/// What wakes the encoder thread.
#[derive(Debug)]
pub(crate) enum Wake<C> {
    Command(C),
    Picture(Box<Picture>),
    /// Nothing came in time.
    Timeout,
}

#[derive(Debug)]
struct State<C> {
    commands: VecDeque<C>,
    picture: Option<Box<Picture>>,
    /// Only pictures of the current input are taken: the old one may deliver once more after a change.
    generation: u64,
    captured: u64,
    replaced: u64,
}

/// A latest-value slot beside an unbounded but tiny command queue (every command comes from a person or a
/// once-per-feedback estimate; the thread drains it before each picture).
#[derive(Debug)]
pub(crate) struct Slot<C> {
    state: Mutex<State<C>>,
    changed: Condvar,
}

impl<C> Default for Slot<C> {
    fn default() -> Self {
        let state = State { commands: VecDeque::new(), picture: None, generation: 0, captured: 0, replaced: 0 };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }
}

impl<C> Slot<C> {
    fn lock(&self) -> MutexGuard<'_, State<C>> {
        // A panic elsewhere leaves the slot consistent: every change is a single assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn command(&self, command: C) {
        self.lock().commands.push_back(command);
        self.changed.notify_one();
    }

    /// Puts a picture; one that was not taken yet is dropped and counted.
    pub(crate) fn put(&self, picture: Picture, generation: u64) {
        let mut state = self.lock();
        if state.generation != generation {
            return;
        }
        state.captured += 1;
        let old = state.picture.replace(Box::new(picture));
        if old.is_some() {
            state.replaced += 1;
        }
        drop(state);
        self.changed.notify_one();
    }

    /// From now on only pictures of this generation are taken.
    pub(crate) fn open_generation(&self) -> u64 {
        let mut state = self.lock();
        state.generation += 1;
        state.picture = None;
        state.generation
    }

    /// Pictures put and pictures replaced so far.
    pub(crate) fn counters(&self) -> (u64, u64) {
        let state = self.lock();
        (state.captured, state.replaced)
    }

    /// Commands come before pictures.
    pub(crate) fn wait(&self, timeout: Duration) -> Wake<C> {
        let deadline = Instant::now() + timeout;
        let mut state = self.lock();
        loop {
            if let Some(command) = state.commands.pop_front() {
                return Wake::Command(command);
            }
            if let Some(picture) = state.picture.take() {
                return Wake::Picture(picture);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Wake::Timeout;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
