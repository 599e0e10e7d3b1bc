/** Pictures for the development page: a room with a person in it, drawn, at ten pictures a second. */
import { VideoSide, type VideoFeed } from '../ipc/transport';

export function paintedFeed(): VideoFeed {
  return {
    attach(canvas, _call, side, onPicture) {
      canvas.width = 1280;
      canvas.height = 720;
      const context = canvas.getContext('2d');
      let tick = 0;
      const draw = () => {
        if (context === null) return;
        paint(context, side === VideoSide.remote, tick++);
        onPicture?.(canvas.width, canvas.height);
      };
      draw();
      const timer = setInterval(draw, 100);
      return () => clearInterval(timer);
    },
  };
}

function paint(c: CanvasRenderingContext2D, remote: boolean, tick: number): void {
  const sway = Math.sin(tick / 10) * 8;
  c.fillStyle = remote ? '#cdbfae' : '#a9b6bd';
  c.fillRect(0, 0, 1280, 720);
  c.fillStyle = remote ? '#bfae9b' : '#98a7af';
  c.fillRect(0, 540, 1280, 180);
  c.fillStyle = remote ? '#7a5f46' : '#e9eef0';
  c.fillRect(60, 110, 300, remote ? 14 : 260);
  c.fillStyle = remote ? '#2f5d62' : '#6b4f5b';
  c.beginPath();
  c.ellipse(640 + sway, 760, 330, 220, 0, 0, Math.PI * 2);
  c.fill();
  c.fillStyle = remote ? '#2a2222' : '#33261f';
  c.beginPath();
  c.ellipse(640 + sway, 330, 165, 190, 0, 0, Math.PI * 2);
  c.fill();
  c.fillStyle = remote ? '#e9bf9d' : '#e6b996';
  c.fillRect(590 + sway, 440, 100, 120);
  c.beginPath();
  c.ellipse(640 + sway, 370, 118, 150, 0, 0, Math.PI * 2);
  c.fill();
  c.fillStyle = '#2b211d';
  for (const x of [596, 684]) {
    c.beginPath();
    c.arc(x + sway, 360, 10, 0, Math.PI * 2);
    c.fill();
  }
  c.strokeStyle = '#8a3f38';
  c.lineWidth = 8;
  c.beginPath();
  c.arc(640 + sway, 430, 34, 0.3, Math.PI - 0.3);
  c.stroke();
}
