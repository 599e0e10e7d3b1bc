//! Packets on their way from `send` to the chain, and what happens when there are too many. Pure.
//!
//! Sound is never refused because of pictures. Pictures are refused whole: from the first packet on, with all the rest
//! of it, and their sequence numbers are used up, so that the far side sees that something is missing instead of a
//! picture with a hole that looks whole.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU16, Ordering};

/// Sound that waits for the engine: two seconds, so the driver stands still.
const MAX_AUDIO: usize = 100;
/// Packets of pictures that wait in the outbox: a keyframe of 1 MB.
const MAX_VIDEO: usize = 1_024;
/// Bytes that always may wait, whatever the rate: a large keyframe.
const LEAST_BACKLOG: usize = 120_000;
/// s of pacing that may wait when a picture begins: later it would be too late for a conversation.
const MAX_WAIT: f64 = 0.8;

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    packets: VecDeque<rtc::rtp::Packet>,
    audio: usize,
    video_bytes: usize,
    /// Of each sending picture stream: SSRC, timestamp of the present picture, whether it is refused. One per content.
    pictures: Vec<(u32, u32, bool)>,
}

/// What is known of the queue behind the outbox.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Behind {
    /// Bytes of pictures in the pacer.
    pub(crate) paced: usize,
    /// bit/s
    pub(crate) pacing: f64,
}

impl Outbox {
    /// Takes a packet, or refuses it. Its sequence number is drawn here, in the order of the packets.
    pub(crate) fn push_audio(&mut self, mut packet: rtc::rtp::Packet, sequence: &AtomicU16) -> bool {
        if self.audio >= MAX_AUDIO {
            return false;
        }
        packet.header.sequence_number = sequence.fetch_add(1, Ordering::Relaxed);
        self.audio += 1;
        self.packets.push_back(packet);
        true
    }

    /// Likewise for a packet of a picture; all packets of a timestamp have the same fate, except beyond [`MAX_VIDEO`].
    pub(crate) fn push_video(&mut self, mut packet: rtc::rtp::Packet, sequence: &AtomicU16, behind: Behind) -> bool {
        packet.header.sequence_number = sequence.fetch_add(1, Ordering::Relaxed);
        let (ssrc, timestamp) = (packet.header.ssrc, packet.header.timestamp);
        let waiting = self.video_bytes + behind.paced;
        let most = LEAST_BACKLOG.max((behind.pacing * MAX_WAIT / 8.0) as usize);
        let index = match self.pictures.iter().position(|picture| picture.0 == ssrc) {
            Some(index) => index,
            None => {
                self.pictures.push((ssrc, !timestamp, false));
                self.pictures.len() - 1
            }
        };
        let picture = &mut self.pictures[index];
        if picture.1 != timestamp {
            *picture = (ssrc, timestamp, waiting > most);
        }
        let is_full = self.packets.len() - self.audio >= MAX_VIDEO;
        picture.2 |= is_full;
        if picture.2 {
            return false;
        }
        self.video_bytes += packet.payload.len();
        self.packets.push_back(packet);
        true
    }

    /// Everything, in order.
    pub(crate) fn take(&mut self) -> VecDeque<rtc::rtp::Packet> {
        (self.audio, self.video_bytes) = (0, 0);
        std::mem::take(&mut self.packets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn packet(ssrc: u32, timestamp: u32) -> rtc::rtp::Packet {
        let header = rtc::rtp::Header { version: 2, ssrc, timestamp, ..Default::default() };
        rtc::rtp::Packet { header, payload: Bytes::from(vec![0; 1_000]) }
    }

    fn numbers(outbox: &mut Outbox) -> Vec<(u32, u16)> {
        outbox.take().iter().map(|packet| (packet.header.timestamp, packet.header.sequence_number)).collect()
    }

    #[test]
    fn a_picture_that_does_not_fit_is_left_out_whole_and_leaves_a_gap() {
        let mut outbox = Outbox::default();
        let sequence = AtomicU16::new(65_534);
        let free = Behind { paced: 0, pacing: 1e6 };
        let full = Behind { paced: 130_000, ..free };
        let sent: Vec<bool> = [(1, free), (1, full), (2, full), (2, free), (3, free)]
            .into_iter()
            .map(|(timestamp, behind)| outbox.push_video(packet(7, timestamp), &sequence, behind))
            .collect();
        assert_eq!(sent, [true, true, false, false, true]);
        assert_eq!(numbers(&mut outbox), [(1, 65_534), (1, 65_535), (3, 2)]);
    }

    #[test]
    fn sound_passes_whatever_pictures_wait() {
        let mut outbox = Outbox::default();
        let (sequence, pictures) = (AtomicU16::new(0), AtomicU16::new(0));
        let behind = Behind { paced: 0, pacing: 1e9 };
        let taken = (0..2_000).filter(|_| outbox.push_video(packet(7, 1), &pictures, behind)).count();
        assert_eq!(taken, MAX_VIDEO);
        let taken = (0..200).filter(|_| outbox.push_audio(packet(8, 1), &sequence)).count();
        assert_eq!((taken, sequence.load(Ordering::Relaxed)), (MAX_AUDIO, 100));
        assert_eq!(outbox.take().len(), MAX_VIDEO + MAX_AUDIO);
        assert!(outbox.push_audio(packet(8, 2), &sequence));
    }
}
