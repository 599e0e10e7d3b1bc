//! Microphones and speakers of the machine through cpal: PulseAudio (also PipeWire's) or ALSA on Linux, WASAPI on Windows,
//! CoreAudio on macOS.
//!
//! Traps handled here: `BufferSize::Default` means 2 s on PulseAudio; callback sizes vary (the rings re-block); a
//! `.monitor` is listed as an input (hidden); a lost server invalidates the host (it is made anew on the next question).

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use confab_model::{Device, DeviceId, DeviceKind};
use cpal::{
    BufferSize, ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig, SupportedBufferSize,
    SupportedStreamConfig, SupportedStreamConfigRange,
    traits::{DeviceTrait, HostTrait, StreamTrait},
};

use crate::audio::{
    SAMPLE_RATE,
    io::{AudioInput, AudioOutput, CaptureFeed, DeviceError, Gauge, PlayoutFeed, RunningStream},
};

/// A device that does not open within this time is broken.
const OPEN_TIMEOUT: Duration = Duration::from_secs(2);

/// The connection to the sound system, made when first needed.
#[derive(Default)]
pub struct SystemAudio {
    host: Mutex<Option<Arc<cpal::Host>>>,
}

impl fmt::Debug for SystemAudio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemAudio")
    }
}

impl SystemAudio {
    /// All microphones and speakers.
    ///
    /// # Errors
    /// The sound system does not answer; the next question connects anew.
    pub fn enumerate(&self) -> Result<Vec<Device>, DeviceError> {
        enumerate(&self.host()).map_err(|error| {
            tracing::debug!(%error, "sound system lost");
            *self.host.lock().unwrap_or_else(PoisonError::into_inner) = None;
            refused(&error)
        })
    }

    pub(crate) fn input(device: Device) -> Result<SystemInput, DeviceError> {
        Ok(SystemInput(Self::endpoint(device)?))
    }

    pub(crate) fn output(device: Device) -> Result<SystemOutput, DeviceError> {
        Ok(SystemOutput(Self::endpoint(device)?))
    }

    fn endpoint(device: Device) -> Result<Endpoint, DeviceError> {
        let id = device.id.0.parse().map_err(|_| DeviceError::NotFound(device.id.0.clone()))?;
        // A connection of its own for each: PulseAudio refuses a second playback stream on a connection that has one
        // running, because cpal gives both the same synchronisation id.
        let cpal = cpal::default_host().device_by_id(&id).ok_or_else(|| DeviceError::NotFound(device.name.clone()))?;
        Ok(Endpoint { device, cpal })
    }

    fn host(&self) -> Arc<cpal::Host> {
        let mut host = self.host.lock().unwrap_or_else(PoisonError::into_inner);
        if host.as_ref().is_some_and(|host| is_outdated(host)) {
            *host = None;
        }
        host.get_or_insert_with(|| Arc::new(cpal::default_host())).clone()
    }
}

/// The sound server came after a start without it.
#[cfg(target_os = "linux")]
fn is_outdated(host: &cpal::Host) -> bool {
    host.id() != cpal::HostId::PulseAudio && cpal::available_hosts().contains(&cpal::HostId::PulseAudio)
}

#[cfg(not(target_os = "linux"))]
fn is_outdated(_: &cpal::Host) -> bool {
    false
}

fn enumerate(host: &cpal::Host) -> Result<Vec<Device>, cpal::Error> {
    let default_input = host.default_input_device().and_then(|device| device.id().ok());
    let default_output = host.default_output_device().and_then(|device| device.id().ok());
    let mut found = Vec::new();
    for device in host.input_devices()? {
        found.extend(describe(&device, DeviceKind::Microphone, default_input.as_ref()));
    }
    for device in host.output_devices()? {
        found.extend(describe(&device, DeviceKind::Speaker, default_output.as_ref()));
    }
    Ok(found)
}

fn describe(device: &cpal::Device, kind: DeviceKind, default: Option<&cpal::DeviceId>) -> Option<Device> {
    let id = device.id().ok()?;
    // What a speaker plays is no microphone.
    if kind == DeviceKind::Microphone && id.id().ends_with(".monitor") {
        return None;
    }
    let name = device.description().map_or_else(|_| id.to_string(), |described| described.name().to_owned());
    Some(Device { kind, name, is_default: default == Some(&id), is_test: false, id: DeviceId(id.to_string()) })
}

fn refused(error: &cpal::Error) -> DeviceError {
    let text = error.to_string();
    match error.kind() {
        ErrorKind::DeviceBusy => DeviceError::Busy(text),
        ErrorKind::PermissionDenied => DeviceError::Denied(text),
        ErrorKind::DeviceNotAvailable => DeviceError::NotFound(text),
        _ => DeviceError::Failed(text),
    }
}

/// Whether a stream is over after this error.
fn is_fatal(kind: ErrorKind) -> bool {
    !matches!(kind, ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied)
}

struct Endpoint {
    device: Device,
    cpal: cpal::Device,
}

/// A microphone of the machine.
pub struct SystemInput(Endpoint);

/// A speaker of the machine.
pub struct SystemOutput(Endpoint);

impl fmt::Debug for SystemInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SystemInput").field(&self.0.device).finish()
    }
}

impl fmt::Debug for SystemOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SystemOutput").field(&self.0.device).finish()
    }
}

/// The format to ask for: 48 kHz and few channels if the device can, else what it likes best.
fn choose(
    default: SupportedStreamConfig,
    ranges: impl Iterator<Item = SupportedStreamConfigRange>,
) -> SupportedStreamConfig {
    let rank = |range: &SupportedStreamConfigRange| {
        let format = match range.sample_format() {
            SampleFormat::F32 => 0,
            SampleFormat::I16 => 1,
            SampleFormat::I32 => 2,
            _ => 9,
        };
        // More channels than the device has would only be invented by the server.
        (range.channels() > default.channels().min(2), format, u16::MAX - range.channels())
    };
    ranges
        .filter(|range| (range.min_sample_rate()..=range.max_sample_rate()).contains(&SAMPLE_RATE))
        .filter(|range| range.channels() <= default.channels())
        .min_by_key(rank)
        .map_or(default, |range| range.with_sample_rate(SAMPLE_RATE))
}

/// The period where the device can, else its own choice.
fn configs(chosen: &SupportedStreamConfig, period_ms: u32) -> Vec<StreamConfig> {
    let frames = chosen.sample_rate() * period_ms / 1_000;
    let frames = match chosen.buffer_size() {
        SupportedBufferSize::Range { min, max } => frames.clamp(*min, (*max).max(*min)),
        SupportedBufferSize::Unknown => frames,
    };
    let with =
        |buffer_size| StreamConfig { channels: chosen.channels(), sample_rate: chosen.sample_rate(), buffer_size };
    vec![with(BufferSize::Fixed(frames)), with(BufferSize::Default)]
}

struct SystemStream {
    /// Held for its `Drop`.
    _stream: cpal::Stream,
    rate: u32,
    gauge: Arc<Gauge>,
}

impl RunningStream for SystemStream {
    fn rate(&self) -> u32 {
        self.rate
    }
    fn latency_ms(&self) -> u32 {
        self.gauge.latency_ms()
    }
}

impl AudioInput for SystemInput {
    fn device(&self) -> &Device {
        &self.0.device
    }

    fn open(&self, feed: CaptureFeed, period_ms: u32) -> Result<Box<dyn RunningStream>, DeviceError> {
        let cpal = &self.0.cpal;
        let default = cpal.default_input_config().map_err(|error| refused(&error))?;
        let chosen = choose(default, cpal.supported_input_configs().map_err(|error| refused(&error))?);
        let gauge = feed.gauge();
        // A failed attempt must not consume the feed: the callback gets it through a ring of one.
        let build = |config| match chosen.sample_format() {
            SampleFormat::F32 => capture::<f32>(cpal, config, &gauge),
            SampleFormat::I16 => capture::<i16>(cpal, config, &gauge),
            SampleFormat::I32 => capture::<i32>(cpal, config, &gauge),
            SampleFormat::I24 => capture::<cpal::I24>(cpal, config, &gauge),
            SampleFormat::U16 => capture::<u16>(cpal, config, &gauge),
            SampleFormat::U8 => capture::<u8>(cpal, config, &gauge),
            other => Err(unsupported(other)),
        };
        let (stream, mut hand_over) = first_that_opens(&chosen, period_ms, build)?;
        if hand_over.push(feed).is_err() {
            return Err(DeviceError::Failed("the stream was handed two feeds".to_owned()));
        }
        started(stream, chosen.sample_rate(), gauge)
    }
}

impl AudioOutput for SystemOutput {
    fn device(&self) -> &Device {
        &self.0.device
    }

    fn open(&self, feed: PlayoutFeed, period_ms: u32) -> Result<Box<dyn RunningStream>, DeviceError> {
        let cpal = &self.0.cpal;
        let default = cpal.default_output_config().map_err(|error| refused(&error))?;
        let chosen = choose(default, cpal.supported_output_configs().map_err(|error| refused(&error))?);
        let gauge = feed.gauge();
        let build = |config| match chosen.sample_format() {
            SampleFormat::F32 => playout::<f32>(cpal, config, &gauge),
            SampleFormat::I16 => playout::<i16>(cpal, config, &gauge),
            SampleFormat::I32 => playout::<i32>(cpal, config, &gauge),
            SampleFormat::I24 => playout::<cpal::I24>(cpal, config, &gauge),
            SampleFormat::U16 => playout::<u16>(cpal, config, &gauge),
            SampleFormat::U8 => playout::<u8>(cpal, config, &gauge),
            other => Err(unsupported(other)),
        };
        let (stream, mut hand_over) = first_that_opens(&chosen, period_ms, build)?;
        if hand_over.push(feed).is_err() {
            return Err(DeviceError::Failed("the stream was handed two feeds".to_owned()));
        }
        started(stream, chosen.sample_rate(), gauge)
    }
}

fn unsupported(format: SampleFormat) -> cpal::Error {
    cpal::Error::with_message(ErrorKind::UnsupportedConfig, format!("sample format {format}"))
}

fn first_that_opens<T>(
    chosen: &SupportedStreamConfig,
    period_ms: u32,
    build: impl Fn(StreamConfig) -> Result<T, cpal::Error>,
) -> Result<T, DeviceError> {
    let mut last = DeviceError::Failed("no configuration".to_owned());
    for config in configs(chosen, period_ms) {
        match build(config) {
            Ok(built) => return Ok(built),
            Err(error) => last = refused(&error),
        }
    }
    Err(last)
}

fn started(stream: cpal::Stream, rate: u32, gauge: Arc<Gauge>) -> Result<Box<dyn RunningStream>, DeviceError> {
    stream.play().map_err(|error| refused(&error))?;
    Ok(Box::new(SystemStream { _stream: stream, rate, gauge }))
}

fn error_callback(gauge: &Arc<Gauge>) -> impl FnMut(cpal::Error) + Send + 'static {
    let gauge = gauge.clone();
    move |error| {
        if is_fatal(error.kind()) {
            gauge.fail();
        }
    }
}

/// Makes an input stream and the ring through which its callback gets the feed: a failed attempt must not consume it.
fn capture<T>(
    device: &cpal::Device,
    config: StreamConfig,
    gauge: &Arc<Gauge>,
) -> Result<(cpal::Stream, rtrb::Producer<CaptureFeed>), cpal::Error>
where
    T: SizedSample + Send + 'static,
    f32: FromSample<T>,
{
    let (hand_over, mut handed) = rtrb::RingBuffer::new(1);
    let channels = usize::from(config.channels);
    let mut feed: Option<CaptureFeed> = None;
    let measured = gauge.clone();
    let callback = move |data: &[T], info: &cpal::InputCallbackInfo| {
        if feed.is_none() {
            feed = handed.pop().ok();
        }
        let Some(feed) = &mut feed else { return };
        let times = info.timestamp();
        measured.set_latency_ms(times.callback.duration_since(times.capture).as_millis() as u32);
        feed.push(data, channels, f32::from_sample_);
    };
    let stream = device.build_input_stream(config, callback, error_callback(gauge), Some(OPEN_TIMEOUT))?;
    Ok((stream, hand_over))
}

fn playout<T>(
    device: &cpal::Device,
    config: StreamConfig,
    gauge: &Arc<Gauge>,
) -> Result<(cpal::Stream, rtrb::Producer<PlayoutFeed>), cpal::Error>
where
    T: SizedSample + FromSample<f32> + Send + 'static,
{
    let (hand_over, mut handed) = rtrb::RingBuffer::new(1);
    let channels = usize::from(config.channels);
    let mut feed: Option<PlayoutFeed> = None;
    let measured = gauge.clone();
    let callback = move |data: &mut [T], info: &cpal::OutputCallbackInfo| {
        if feed.is_none() {
            feed = handed.pop().ok();
        }
        let Some(feed) = &mut feed else {
            data.fill(T::EQUILIBRIUM);
            return;
        };
        let times = info.timestamp();
        measured.set_latency_ms(times.playback.duration_since(times.callback).as_millis() as u32);
        feed.pull(data, channels, T::from_sample_);
    };
    let stream = device.build_output_stream(config, callback, error_callback(gauge), Some(OPEN_TIMEOUT))?;
    Ok((stream, hand_over))
}
