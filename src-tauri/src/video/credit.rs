//! How many pictures a window may have that it has not drawn yet. Pure.

use std::collections::VecDeque;

/// Undrawn pictures per stream. Three cover the time from socket to screen at 30 pictures a second; more would
/// only add delay.
const LIMIT: usize = 3;
/// A keyframe that was asked for may be lost on its way, or the question may: after so many useless pictures (one
/// second at 30 a second) it is asked for again.
const PATIENCE: u32 = 30;

/// What to do with one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Send,
    Drop,
    /// Dropped, and the decoder in the window cannot go on without a keyframe: ask for one.
    DropAndAskForKeyframe,
}

/// The state of one stream (call and source) to one window.
#[derive(Debug)]
pub(crate) struct Credit {
    /// Numbers of the pictures that the window has and has not drawn, in the order in which they were sent.
    undrawn: VecDeque<u32>,
    last_number: Option<u32>,
    /// Encoded pictures are useless until the next keyframe.
    broken: bool,
    /// Pictures that came since a keyframe was asked for; `None`: none is expected.
    waited: Option<u32>,
}

impl Credit {
    pub(crate) fn new() -> Self {
        Self { undrawn: VecDeque::with_capacity(LIMIT), last_number: None, broken: true, waited: None }
    }

    /// A raw picture stands for itself.
    pub(crate) fn offer_raw(&mut self, number: u32) -> Decision {
        if self.is_full() {
            return Decision::Drop;
        }
        self.undrawn.push_back(number);
        Decision::Send
    }

    /// An encoded picture needs all pictures since the last keyframe. `number` shows whether one is missing.
    pub(crate) fn offer_encoded(&mut self, number: u32, keyframe: bool) -> Decision {
        let follows = self.last_number.is_some_and(|last| last.wrapping_add(1) == number);
        self.last_number = Some(number);
        if keyframe {
            // Also one that comes while the window is behind: the next one has to be asked for again.
            self.waited = None;
        }
        if (keyframe || (follows && !self.broken)) && !self.is_full() {
            self.broken = false;
            self.undrawn.push_back(number);
            return Decision::Send;
        }
        self.broken = true;
        if self.is_full() {
            return Decision::Drop;
        }
        match &mut self.waited {
            Some(waited) if *waited < PATIENCE => {
                *waited += 1;
                Decision::Drop
            }
            waited => {
                *waited = Some(0);
                Decision::DropAndAskForKeyframe
            }
        }
    }

    /// The window has drawn a picture, or never will: with it all that were sent before. An answer to a picture that
    /// is not waited for (of a decoder that has failed meanwhile) counts for nothing.
    pub(crate) fn drawn(&mut self, number: u32) {
        if let Some(place) = self.undrawn.iter().position(|sent| *sent == number) {
            self.undrawn.drain(..=place);
        }
    }

    /// The decoder in the window failed and has asked for a keyframe: whatever is on its way will not be drawn.
    pub(crate) fn decoder_failed(&mut self) {
        self.undrawn.clear();
        self.broken = true;
        self.waited = Some(0);
    }

    fn is_full(&self) -> bool {
        self.undrawn.len() >= LIMIT
    }
}

#[cfg(test)]
mod tests {
    use super::{Credit, Decision::*, PATIENCE};

    #[test]
    fn a_stream_begins_with_a_keyframe_that_is_asked_for_once() {
        let mut credit = Credit::new();
        let decisions = [(7, false), (8, false), (9, true), (10, false)].map(|(n, key)| credit.offer_encoded(n, key));
        assert_eq!(decisions, [DropAndAskForKeyframe, Drop, Send, Send]);
    }

    #[test]
    fn a_keyframe_that_does_not_come_is_asked_for_again() {
        let mut credit = Credit::new();
        let decisions: Vec<_> = (0..2 * PATIENCE + 3).map(|n| credit.offer_encoded(n, false)).collect();
        let asked: Vec<_> = (0u32..).zip(decisions).filter(|(_, d)| *d == DropAndAskForKeyframe).collect();
        assert_eq!(asked.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [0, PATIENCE + 1, 2 * PATIENCE + 2]);
    }

    #[test]
    fn a_slow_window_skips_to_the_next_keyframe_when_it_has_caught_up() {
        let mut credit = Credit::new();
        assert_eq!([(1, true), (2, false), (3, false)].map(|(n, k)| credit.offer_encoded(n, k)), [Send, Send, Send]);
        assert_eq!(credit.offer_encoded(4, false), Drop, "three are undrawn");
        credit.drawn(1);
        assert_eq!(credit.offer_encoded(5, false), DropAndAskForKeyframe, "4 is missing");
        assert_eq!(credit.offer_encoded(6, true), Send);
        assert_eq!(credit.offer_encoded(7, true), Drop, "full again");
        credit.drawn(2);
        assert_eq!(credit.offer_encoded(8, false), DropAndAskForKeyframe);
    }

    #[test]
    fn an_answer_counts_for_all_pictures_before_it() {
        let mut credit = Credit::new();
        assert_eq!([(1, true), (2, false), (3, false)].map(|(n, k)| credit.offer_encoded(n, k)), [Send, Send, Send]);
        credit.drawn(3);
        assert_eq!([4, 5, 6, 7].map(|n| credit.offer_encoded(n, false)), [Send, Send, Send, Drop]);
    }

    #[test]
    fn a_failed_decoder_gets_a_keyframe_and_late_answers_give_no_credit() {
        let mut credit = Credit::new();
        assert_eq!([(1, true), (2, false)].map(|(n, k)| credit.offer_encoded(n, k)), [Send, Send]);
        credit.decoder_failed();
        assert_eq!(credit.offer_encoded(3, false), Drop, "it was asked for");
        assert_eq!([(4, true), (5, false), (6, false)].map(|(n, k)| credit.offer_encoded(n, k)), [Send, Send, Send]);
        credit.drawn(1);
        credit.drawn(2);
        assert_eq!(credit.offer_encoded(7, false), Drop);
    }

    #[test]
    fn a_gap_in_the_numbers_breaks_the_stream() {
        let mut credit = Credit::new();
        assert_eq!(credit.offer_encoded(u32::MAX, true), Send);
        assert_eq!(credit.offer_encoded(0, false), Send, "numbers wrap");
        assert_eq!(credit.offer_encoded(2, false), DropAndAskForKeyframe);
    }

    #[test]
    fn raw_pictures_only_wait_for_the_window() {
        let mut credit = Credit::new();
        assert_eq!([1, 2, 3, 4].map(|n| credit.offer_raw(n)), [Send, Send, Send, Drop]);
        credit.drawn(2);
        assert_eq!([5, 6, 7].map(|n| credit.offer_raw(n)), [Send, Send, Drop]);
    }
}
