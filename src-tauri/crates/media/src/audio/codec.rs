//! Opus as this program uses it: 48 kHz mono, 20 ms packets, in-band FEC (RFC 6716 §2.1.7), no DTX.

use opus::{Application, Bitrate, Channels, Signal};

use crate::audio::{BLOCK, SAMPLE_RATE};

/// Samples of one packet: 20 ms. Shorter packets double the overhead of headers, longer ones the delay and a loss's hole.
pub const PACKET: usize = 2 * BLOCK;
/// The longest packet that a peer may send: 120 ms (RFC 6716 §3.2.5).
pub const LONGEST: usize = 5_760;
/// Bytes; far above what 64 kbit/s need for 20 ms, below any path's MTU.
pub const MAX_PAYLOAD: usize = 1_000;
/// 0..=10; 9 costs about 1 % of a core, 10 gives nothing more at these rates.
const COMPLEXITY: i32 = 9;
/// bit/s by loss in percent: copies take their bits from the sound, so the rate grows with them.
const RATES: [(u32, i32); 3] = [(15, 48_000), (3, 40_000), (0, 32_000)];
/// Above this Opus gives the copies so much that what does arrive suffers.
const MAX_LOSS: u32 = 30;

/// 20 ms of sound to a packet.
#[derive(Debug)]
pub struct Encoder {
    opus: opus::Encoder,
    loss: Option<u32>,
}

impl Encoder {
    /// # Errors
    /// No memory.
    pub fn new(loss_percent: u32) -> Result<Self, opus::Error> {
        let mut opus = opus::Encoder::new(SAMPLE_RATE, Channels::Mono, Application::Voip)?;
        opus.set_signal(Signal::Voice)?;
        opus.set_complexity(COMPLEXITY)?;
        opus.set_vbr(true)?;
        opus.set_vbr_constraint(true)?;
        opus.set_inband_fec(true)?;
        opus.set_dtx(false)?;
        let mut encoder = Self { opus, loss: None };
        encoder.set_loss(loss_percent)?;
        Ok(encoder)
    }

    /// Loss on the way out in percent.
    ///
    /// # Errors
    /// Never for values in range, which this function sees to.
    pub fn set_loss(&mut self, percent: u32) -> Result<(), opus::Error> {
        let percent = percent.min(MAX_LOSS);
        if self.loss == Some(percent) {
            return Ok(());
        }
        let rate = RATES.iter().find(|(from, _)| percent >= *from).map_or(RATES[2].1, |(_, rate)| *rate);
        self.opus.set_packet_loss_perc(percent as i32)?;
        self.opus.set_bitrate(Bitrate::Bits(rate))?;
        self.loss = Some(percent);
        Ok(())
    }

    /// Returns the length of the payload in `out`.
    ///
    /// # Errors
    /// `out` is too small.
    pub fn encode(&mut self, sound: &[f32; PACKET], out: &mut [u8; MAX_PAYLOAD]) -> Result<usize, opus::Error> {
        self.opus.encode_float(sound, out)
    }
}

/// The duration of a packet in samples, or `None` if it is no Opus packet (RFC 6716 §3.4).
pub fn packet_samples(payload: &[u8]) -> Option<u32> {
    if payload.is_empty() {
        return None;
    }
    let samples = opus::packet::get_nb_samples(payload, SAMPLE_RATE).ok()?;
    (samples > 0 && samples <= LONGEST).then_some(samples as u32)
}

/// Packets of one stream to mono sound; a stereo sender is mixed down by the codec.
#[derive(Debug)]
pub struct Decoder(opus::Decoder);

impl Decoder {
    /// # Errors
    /// No memory.
    pub fn new() -> Result<Self, opus::Error> {
        opus::Decoder::new(SAMPLE_RATE, Channels::Mono).map(Self)
    }

    /// Fills `sound`, which must have the packet's length. False: not decodable.
    pub fn decode(&mut self, payload: &[u8], sound: &mut [f32]) -> bool {
        // An empty payload would mean concealment to the codec.
        !payload.is_empty() && self.0.decode_float(payload, sound, false).is_ok_and(|made| made == sound.len())
    }

    /// The lost packet before `payload`, from its copy or invented where there is no copy.
    pub fn recover(&mut self, payload: &[u8], sound: &mut [f32]) -> bool {
        !payload.is_empty() && self.0.decode_float(payload, sound, true).is_ok_and(|made| made == sound.len())
    }

    /// Invents; the length must be a multiple of 2.5 ms.
    pub fn conceal(&mut self, sound: &mut [f32]) -> bool {
        self.0.decode_float(&[], sound, false).is_ok_and(|made| made == sound.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(n: usize) -> [f32; PACKET] {
        std::array::from_fn(|i| {
            let t = (n * PACKET + i) as f32 / SAMPLE_RATE as f32;
            let envelope = 0.5 + 0.5 * (t * 4.0 * std::f32::consts::TAU).sin();
            envelope
                * (1..20).map(|h| (t * 140.0 * h as f32 * std::f32::consts::TAU).sin() * 0.2 / h as f32).sum::<f32>()
        })
    }

    fn difference(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
    }

    #[test]
    fn a_lost_packet_comes_back_better_from_its_copy_than_invented() {
        let mut encoder = Encoder::new(20).unwrap();
        let packets: Vec<Vec<u8>> = (0..100)
            .map(|n| {
                let mut out = [0; MAX_PAYLOAD];
                let length = encoder.encode(&voice(n), &mut out).unwrap();
                out[..length].to_vec()
            })
            .collect();
        let (mut whole, mut copied, mut invented) =
            (Decoder::new().unwrap(), Decoder::new().unwrap(), Decoder::new().unwrap());
        let (mut from_copy, mut from_nothing) = (0.0, 0.0);
        for n in 0..packets.len() - 1 {
            let (mut a, mut b, mut c) = ([0.0; PACKET], [0.0; PACKET], [0.0; PACKET]);
            assert!(whole.decode(&packets[n], &mut a));
            if n % 5 == 4 {
                assert!(copied.recover(&packets[n + 1], &mut b));
                assert!(invented.conceal(&mut c));
                from_copy += difference(&a, &b);
                from_nothing += difference(&a, &c);
            } else {
                assert!(copied.decode(&packets[n], &mut b));
                assert!(invented.decode(&packets[n], &mut c));
            }
        }
        assert!(from_copy < from_nothing / 2.0, "copy {from_copy}, invented {from_nothing}");
    }

    #[test]
    fn rubbish_is_no_packet() {
        assert_eq!(packet_samples(&[]), None);
        // Code 3 with zero frames (RFC 6716 §3.2.5).
        assert_eq!(packet_samples(&[0xff, 0x00]), None);
        // Code 3 with 63 frames of 20 ms: longer than 120 ms.
        assert_eq!(packet_samples(&[0xfb, 0x3f]), None);
        let mut out = [0; MAX_PAYLOAD];
        let length = Encoder::new(0).unwrap().encode(&[0.0; PACKET], &mut out).unwrap();
        assert_eq!(packet_samples(&out[..length]), Some(PACKET as u32));
    }
}
