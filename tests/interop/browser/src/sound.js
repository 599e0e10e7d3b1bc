// A tone as the microphone, and an ear that says which tone is the loudest.

const context = () => (context.shared ??= new AudioContext({ sampleRate: 48_000 }));

/** A microphone: a steady tone. */
export class Tone {
  constructor(hertz) {
    const output = context().createMediaStreamDestination();
    const loudness = new GainNode(context(), { gain: 0.3 });
    this.oscillator = new OscillatorNode(context(), { frequency: hertz });
    this.oscillator.connect(loudness).connect(output);
    this.oscillator.start();
    this.track = output.stream.getAudioTracks()[0];
  }

  stop() {
    this.oscillator.stop();
    this.track.stop();
  }
}

/** Listens to a stream until it is closed. */
export class Ear {
  constructor(stream) {
    this.source = context().createMediaStreamSource(stream);
    // 48,000 / 8,192: a resolution of 5.9 Hz.
    this.analyser = new AnalyserNode(context(), { fftSize: 8192, smoothingTimeConstant: 0 });
    this.source.connect(this.analyser);
  }

  /** The loudest frequency in Hz and its level in dB of full scale; `null` in silence. */
  hear() {
    const bins = new Float32Array(this.analyser.frequencyBinCount);
    this.analyser.getFloatFrequencyData(bins);
    const loudest = bins.indexOf(Math.max(...bins));
    if (!(bins[loudest] > -70)) return null;
    return { hertz: Math.round((loudest * 48_000) / 8192), decibel: Math.round(bins[loudest]) };
  }

  close() {
    this.source.disconnect();
  }
}
