// The far side of the tests: a chat client in a page, driven through `window.peer`, observed through `window.__state`.
//
// Signs in over a WebSocket, accepts every contact request, announces calls by XEP-0353 and holds them by Jingle, with
// a generated picture and tone. Everything that happens is appended to `__state.log`.

import { createClient } from "stanza";
import { definitions, FEATURE } from "./messages.js";
import { Camera, Watcher } from "./picture.js";
import { Ear, Tone } from "./sound.js";

const GROUPING = ["urn:ietf:rfc:5888", "urn:xmpp:jingle:apps:grouping:0"];

const state = { online: false, friends: [], ufrags: [], call: null, log: [] };
window.__state = state;

let client;
/** What a call that comes in is answered with: `accept`, `reject`, `busy` or `wait`. */
let policy = { answer: "wait", media: "audio", bundle: true };
/** The call that is on: media, session, contents by kind. */
let current = null;
const watcher = new Watcher(document.getElementById("remote"));

function note(kind, more = {}) {
  state.log.push({ at: Math.round(performance.now()), kind, ...more });
}

const bare = (jid) => jid.split("/")[0];

function send(to, action, id, more = {}) {
  note(`sent ${action}`, { to });
  client.sendMessage({ to, type: "chat", jingleMessage: { action, id, ...more }, processingHints: { store: true } });
}

// ---- Media

function ownMedia(media, { width = 640, height = 360, hertz = 700 } = {}) {
  const tone = new Tone(hertz);
  const camera = media === "video" ? new Camera(width, height, 30) : null;
  const stream = new MediaStream([tone.track, ...(camera ? [camera.track] : [])]);
  return { tone, camera, stream };
}

function stopMedia() {
  current?.own?.tone.stop();
  current?.own?.camera?.stop();
  current?.ear?.close();
}

function remoteTrack(session, track) {
  if (!current || session.sid !== current.id) return;
  note("track", { of: track.kind });
  const stream = new MediaStream([track]);
  if (track.kind === "video") {
    document.getElementById("remote").srcObject = stream;
    return;
  }
  // Chromium gives sound to WebAudio only while a media element plays the stream too.
  document.getElementById("sound").srcObject = stream;
  current.ear = new Ear(stream);
}

// ---- Calls

function begin(id, remote, direction, media, options) {
  stopMedia();
  Object.assign(watcher.seen, { pictures: 0, readable: 0, ageMs: null, bestAgeMs: null, width: 0, height: 0 });
  current = { id, remote, direction, media, options, own: null, session: null, ear: null };
  state.call = { id, remote, direction, media, phase: "ringing", end: null, transports: 0, remoteMuted: false };
}

function over(why) {
  if (!current) return;
  stopMedia();
  note("over", { why });
  Object.assign(state.call, { phase: "ended", end: why });
  current = null;
}

const jingleMessages = {
  propose(from, { id, media }) {
    const kind = media.includes("video") ? "video" : "audio";
    begin(id, from, "incoming", kind, policy);
    send(from, "ringing", id);
    if (policy.answer === "accept") peer.answer();
    if (policy.answer === "reject") peer.reject("decline");
    if (policy.answer === "busy") peer.reject("busy");
  },
  ringing() {
    if (state.call.phase === "calling") state.call.phase = "ringing";
  },
  proceed(from) {
    if (current.direction !== "outgoing" || current.session) return;
    current.remote = from;
    state.call.phase = "connecting";
    const session = client.jingle.createMediaSession(from, current.id, current.own.stream);
    adopt(session);
    session.start({ offerToReceiveAudio: true, offerToReceiveVideo: current.media === "video" });
  },
  accept() {},
  reject: (_, { reason }) => over(`rejected ${reason}`),
  retract: (_, { reason }) => over(`retracted ${reason}`),
  finish: (_, { reason }) => note("finished", { reason }),
};

function onMessage(message) {
  const signal = message.jingleMessage;
  if (!signal || !message.from || bare(message.from) === bare(client.jid)) return;
  note(`got ${signal.action}`, { from: message.from, reason: signal.reason });
  const expected = signal.action === "propose" ? !current : current?.id === signal.id;
  if (expected) jingleMessages[signal.action](message.from, signal);
}

/** An unbundled call is one of a client that does not know the group element. */
function withoutGroup(session) {
  const send = session.send.bind(session);
  session.send = (action, data) => {
    if (data?.groups) delete data.groups;
    send(action, data);
  };
}

function adopt(session) {
  current.session = session;
  if (!current.options.bundle) withoutGroup(session);
  session.pc.addEventListener("connectionstatechange", () => {
    const phase = session.pc.connectionState;
    note("connection", { phase });
    if (phase === "connected" && current?.session === session) state.call.phase = "connected";
  });
}

async function onSession(session) {
  if (!current || current.direction !== "incoming" || session.sid !== current.id || session.peerID !== current.remote) {
    session.end("cancel");
    return;
  }
  adopt(session);
  const wanted = current.options.media ?? current.media;
  current.own = ownMedia(current.media === "video" ? wanted : "audio", current.options);
  for (const track of current.own.stream.getTracks()) await session.addTrack(track, current.own.stream);
  state.call.phase = "connecting";
  session.accept();
}

function contentOf(kind) {
  const transceiver = current.session.pc.getTransceivers().find(({ receiver }) => receiver.track.kind === kind);
  return transceiver?.mid;
}

// ---- What the tests call

const peer = {
  async signIn({ url, jid, password, bundle = true }) {
    const bundlePolicy = bundle ? "balanced" : "max-compat";
    client = createClient({
      jid,
      password,
      resource: "web",
      transports: { websocket: url, bosh: false },
      autoReconnect: false,
      jingle: { iceServers: [], bundlePolicy },
    });
    client.stanzas.define(definitions);
    client.disco.addFeature(FEATURE);
    if (!bundle) for (const feature of GROUPING) client.disco.features.get("")?.delete(feature);
    client.on("message", onMessage);
    client.on("subscribe", ({ from }) => {
      client.acceptSubscription(from);
      client.subscribe(from);
    });
    client.on("available", ({ from }) => {
      if (bare(from) !== bare(client.jid) && !state.friends.includes(from)) state.friends.push(from);
    });
    client.on("iq:set:jingle", ({ jingle }) => {
      for (const { transport } of jingle.contents ?? []) {
        const ufrag = transport?.usernameFragment;
        if (ufrag && !state.ufrags.includes(ufrag)) state.ufrags.push(ufrag);
      }
    });
    client.on("jingle:incoming", onSession);
    client.on("jingle:terminated", (session, why) => {
      if (current?.session === session) over(why?.condition ?? "success");
    });
    client.on("jingle:mute", (_, info) => muted(info, true));
    client.on("jingle:unmute", (_, info) => muted(info, false));
    client.jingle.on("peerTrackAdded", remoteTrack);
    client.jingle.on("log:error", (text) => note("error", { text: String(text) }));
    client.on("stream:error", (error) => note("stream error", { text: JSON.stringify(error) }));
    client.on("raw:*", (kind, text) => trace(kind, text));
    const started = new Promise((done) => client.once("session:started", done));
    client.connect();
    await started;
    await client.getRoster();
    client.updateCaps();
    client.sendPresence({ legacyCapabilities: client.disco.getCaps() });
    state.online = true;
  },

  signOut() {
    over("signed out");
    client.disconnect();
    state.online = false;
    state.friends = [];
  },

  setPolicy(wanted) {
    policy = { answer: "wait", media: undefined, bundle: true, ...wanted };
  },

  /** Calls a person. */
  call(to, media, options = {}) {
    const id = crypto.randomUUID();
    begin(id, to, "outgoing", media, { bundle: true, ...options });
    state.call.phase = "calling";
    current.own = ownMedia(media, options);
    send(to, "propose", id, { media: media === "video" ? ["audio", "video"] : ["audio"] });
    return id;
  },

  answer() {
    send(bare(client.jid), "accept", current.id);
    send(current.remote, "proceed", current.id);
    state.call.phase = "connecting";
  },

  reject(reason) {
    send(current.remote, "reject", current.id, { reason });
    send(bare(client.jid), "reject", current.id, { reason });
    over(reason);
  },

  retract() {
    send(bare(current.remote), "retract", current.id, { reason: "cancel" });
    over("cancel");
  },

  hangUp() {
    const { id, remote, session } = current;
    session.end("success");
    send(bare(remote), "finish", id, { reason: "success" });
    over("success");
  },

  setMuted(kind, off) {
    for (const track of current.own.stream.getTracks()) if (track.kind === kind) track.enabled = !off;
    const name = contentOf(kind);
    return off ? current.session.mute("initiator", name) : current.session.unmute("initiator", name);
  },

  /** Asks for a new path, as stanza.js does by itself when the old one fails. */
  restart: () => current.session.restartIce(),

  /** How many credentials the far side has had in its calls. */
  credentials: () => state.ufrags.length,

  hear: () => current?.ear?.hear() ?? null,
  seen: () => ({ ...watcher.seen }),

  /** What the browser itself counts of a call. */
  async statistics() {
    const found = { transports: 0, framesDecoded: 0, packetsLost: 0, keyFramesDecoded: 0, pliCount: 0, codecs: [] };
    const reports = await current.session.pc.getStats();
    for (const report of reports.values()) {
      if (report.type === "transport") found.transports++;
      if (report.type === "codec") found.codecs.push(report.mimeType);
      if (report.type !== "inbound-rtp") continue;
      found.packetsLost += report.packetsLost;
      if (report.kind !== "video") continue;
      const { framesDecoded, keyFramesDecoded, pliCount, frameWidth, frameHeight } = report;
      Object.assign(found, { framesDecoded, keyFramesDecoded, pliCount, frameWidth, frameHeight });
    }
    return found;
  },

  /** Pictures decoded per second over some time. */
  async frameRate(milliseconds) {
    const [before, began] = [(await peer.statistics()).framesDecoded, performance.now()];
    await new Promise((done) => setTimeout(done, milliseconds));
    const [after, ended] = [(await peer.statistics()).framesDecoded, performance.now()];
    return ((after - before) * 1000) / (ended - began);
  },

  /** Waits until an expression is true and returns its value. */
  until(what, milliseconds) {
    const look = new Function("peer", "state", `return (${what});`);
    const end = performance.now() + milliseconds;
    return new Promise((done, fail) => {
      const timer = setInterval(() => {
        const value = look(peer, state);
        if (!value && performance.now() < end) return;
        clearInterval(timer);
        if (value) done(value);
        else fail(new Error(`not within ${milliseconds} ms: ${what}`));
      }, 20);
    });
  },
};
window.peer = peer;

function muted(info, off) {
  note(off ? "remote muted" : "remote unmuted", { name: info.name });
  if (state.call) state.call.remoteMuted = off;
}

/** The last stanzas, for the report of a failure. */
function trace(kind, text) {
  window.__trace ??= [];
  window.__trace.push(`${kind === "raw:incoming" ? "<" : ">"} ${String(text).slice(0, 4000)}`);
  if (window.__trace.length > 200) window.__trace.shift();
}
