// XEP-0353 for stanza.js, which does not know it: one definition per element, all under `message.jingleMessage`.

import { JXT } from "stanza";

const NS = "urn:xmpp:jingle-message:0";
const NS_RTP = "urn:xmpp:jingle:apps:rtp:1";
const NS_JINGLE = "urn:xmpp:jingle:1";

/** The kinds of media that a propose asks for. */
const media = {
  importer: (xml) => xml.getChildren("description", NS_RTP).map((child) => child.getAttribute("media")),
  exporter: (xml, kinds) => {
    for (const kind of kinds) {
      xml.appendChild(new JXT.XMLElement("description", { xmlns: NS_RTP, media: kind }));
    }
  },
};

/** The name of the reason's condition, for example `decline`. */
const reason = {
  importer: (xml) => {
    const children = xml.getChild("reason", NS_JINGLE)?.children ?? [];
    return children.find((child) => typeof child !== "string" && child.getName() !== "text")?.getName();
  },
  exporter: (xml, condition) => {
    xml.appendChild(
      new JXT.XMLElement("reason", { xmlns: NS_JINGLE }, [new JXT.XMLElement(condition, { xmlns: NS_JINGLE })]),
    );
  },
};

const ACTIONS = ["propose", "ringing", "proceed", "accept", "reject", "retract", "finish"];

export const definitions = ACTIONS.map((action) => ({
  namespace: NS,
  element: action,
  path: "message.jingleMessage",
  typeField: "action",
  type: action,
  fields: { id: JXT.attribute("id"), media, reason },
}));

export const FEATURE = NS;
