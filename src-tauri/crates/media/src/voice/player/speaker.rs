//! The open speaker of the player.

use std::{sync::Arc, time::Instant};

use confab_model::{DeviceId, DeviceKind};

use crate::{
    audio::{
        BLOCK, Block, SAMPLE_RATE, SILENCE,
        io::{DeviceError, PlayoutSink, RING, RunningStream, playout_ring},
    },
    device::DeviceCatalog,
    voice::presence::{Presence, candidates},
};

/// ms between callbacks: nobody hears the delay, and long periods cost less.
const PERIOD_MS: u32 = 20;
/// Samples that wait for the device: 200 ms. A jump is heard after so long; a machine may pause for so long.
const AHEAD: usize = 20 * BLOCK;
/// Blocks of silence after the end, so that a device that is closed has played what came before: 100 ms.
const TAIL: usize = 10;

/// Dropping it closes the device.
pub(super) struct Speaker {
    sink: PlayoutSink,
    presence: Presence,
    name: String,
    /// Samples at 48 kHz that may wait: more than the ring has room for would be dropped.
    most: usize,
    /// Held for its `Drop`.
    _stream: Box<dyn RunningStream>,
}

impl Speaker {
    /// May block for some seconds.
    pub(super) fn open(catalog: &Arc<dyn DeviceCatalog>, choice: Option<&DeviceId>) -> Result<Self, DeviceError> {
        let mut failed = DeviceError::NotFound("there is no speaker".to_owned());
        for id in candidates(catalog.as_ref(), DeviceKind::Speaker, choice)? {
            match Self::open_one(catalog, &id) {
                Ok(speaker) => return Ok(speaker),
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    fn open_one(catalog: &Arc<dyn DeviceCatalog>, id: &DeviceId) -> Result<Self, DeviceError> {
        let output = catalog.audio_output(id)?;
        // The player fills the ring by the clock: it waits for commands, which a callback cannot give.
        let (ring, feed) = playout_ring(None);
        let gauge = ring.gauge();
        let stream = output.open(feed, PERIOD_MS)?;
        let rate = stream.rate();
        let sink = ring.at_rate(rate)?;
        let most = RING / 4 * 3 * SAMPLE_RATE as usize / rate.max(1) as usize;
        let presence = Presence::watch(catalog.clone(), output.device(), gauge);
        Ok(Self { sink, presence, most, name: output.device().name.clone(), _stream: stream })
    }

    /// # Errors
    /// It is gone.
    pub(super) fn check(&mut self) -> Result<(), DeviceError> {
        if self.presence.is_gone(Instant::now()) { Err(DeviceError::NotFound(self.name.clone())) } else { Ok(()) }
    }

    pub(super) fn wants_more(&self) -> bool {
        self.sink.queued() < AHEAD.max(2 * self.sink.period()).min(self.most)
    }

    pub(super) fn push(&mut self, block: &Block) {
        self.sink.push_block(block);
    }

    /// Silence behind the last block.
    pub(super) fn push_tail(&mut self) {
        (0..TAIL).for_each(|_| self.sink.push_block(&SILENCE));
    }

    /// Samples at 48 kHz that it has not taken yet.
    pub(super) fn queued(&self) -> u64 {
        self.sink.queued() as u64
    }
}
