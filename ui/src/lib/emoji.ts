/** A modest set: what people send most, in six groups. */
export const emojiGroups = [
  {
    key: 'emoji.faces',
    emojis:
      '😀 😃 😄 😁 😆 😅 😂 🤣 🙂 😉 😊 😇 🥰 😍 😘 😋 😜 🤗 🤔 🤫 😐 🙄 😏 😌 😔 😴 😷 🤒 🥳 😎 😕 😟 😮 😳 🥺 😢 😭 😱 😡 🤯 🥱 😬',
  },
  { key: 'emoji.hands', emojis: '👍 👎 👌 ✌️ 🤞 🤝 👏 🙌 🙏 💪 👋 🤙 👉 👈 👆 👇 ✋ 🫶' },
  { key: 'emoji.hearts', emojis: '❤️ 🧡 💛 💚 💙 💜 🖤 🤍 💔 💯 ✨ 🔥 🎉 🎊 ⭐ 🌟' },
  { key: 'emoji.nature', emojis: '🐶 🐱 🐼 🐻 🦊 🐰 🐮 🐷 🐵 🐔 🐧 🐢 🌸 🌻 🌲 🍀 🌈 ☀️ 🌙 ☁️ 🌧️ ❄️' },
  { key: 'emoji.food', emojis: '🍎 🍊 🍉 🍓 🥟 🍜 🍚 🍕 🍔 🍟 🍰 🎂 🍫 ☕ 🍵 🍺 🍷 🥂' },
  { key: 'emoji.things', emojis: '⚽ 🏀 🎮 🎵 🎸 📷 📞 💻 📱 💡 📌 📎 📅 ⏰ ✈️ 🚗 🚲 🏠 🎁 ✅ ❌ ❓ ❗ 💤' },
] as const;
