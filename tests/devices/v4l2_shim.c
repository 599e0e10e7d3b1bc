/*
 * A camera without a kernel module: preloaded into a program, it makes /dev/video0 (and /dev/video1) exist.
 *
 * Owns: the devices' state inside one process. In: V4L2 calls of that process, and a control file that says for each
 * camera whether it is on, frozen, black or unplugged. Out: YUYV or NV12 pictures with a moving gradient and the
 * picture clock of confab-testkit's `barcode` module: the time of capture as a strip of cells.
 * Does not: compress (no MJPG), act on its one control, hand out several pictures that waited (a late reader gets the newest).
 *
 * CONFAB_SHIM_CONTROL names the control file. A line is "<number> on|freeze|black|unplug"; a camera that is not named
 * is unplugged. Without the file, camera 0 is on.
 *
 * The v4l crate goes to ioctl through syscall(SYS_ioctl, ...), so syscall is interposed too. A device is a timerfd:
 * poll() and close() on it work without our help.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { CAMERAS = 2, MAX_FDS = 4096, MAX_BUFFERS = 8, MAX_DIRS = 16 };
enum state { UNPLUGGED, ON, FROZEN, BLACK };

/* How often the control file is looked at, in microseconds: well under one picture. */
#define CONTROL_POLL_US 20000

static const struct { unsigned width, height; } sizes[] = { { 640, 360 }, { 640, 480 }, { 1280, 720 } };
static const uint32_t formats[] = { V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_NV12 };
static const unsigned rates[] = { 30, 15 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Format and rate belong to the device and survive close, as on a real camera. */
struct camera {
	unsigned width, height, rate;
	uint32_t format;
	int owner; /* descriptor that holds the buffers, or -1 */
	enum state state;
};

/* One open descriptor. */
struct handle {
	int fd, number, memory, nonblocking, streaming, gone;
	unsigned buffers, length, stride_in_memory;
	unsigned queue[MAX_BUFFERS], queued; /* first in, first filled */
	unsigned char is_queued[MAX_BUFFERS];
	uint32_t sequence;
	int64_t first_ns; /* CLOCK_MONOTONIC of picture 0 */
};

static struct camera cameras[CAMERAS] = {
	{ 640, 480, 30, V4L2_PIX_FMT_YUYV, -1, UNPLUGGED },
	{ 640, 480, 30, V4L2_PIX_FMT_YUYV, -1, UNPLUGGED },
};
/* Read without the lock on the way of every system call: only the fact that there is one. */
static struct handle *volatile handles[MAX_FDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t watcher = PTHREAD_ONCE_INIT;
static struct { DIR *dir; int next; } dirs[MAX_DIRS];

#define NEXT(name) \
	static __typeof__(&name) next; \
	if (!next) \
		next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* ---- control file ---- */

static enum state word_to_state(const char *word)
{
	return !strcmp(word, "on") ? ON : !strcmp(word, "freeze") ? FROZEN : !strcmp(word, "black") ? BLACK : UNPLUGGED;
}

static void read_control(enum state out[CAMERAS])
{
	const char *path = getenv("CONFAB_SHIM_CONTROL");
	char text[256];
	ssize_t length = -1;

	for (int i = 0; i < CAMERAS; i++)
		out[i] = UNPLUGGED;
	if (path) {
		int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
		if (fd >= 0) {
			length = read(fd, text, sizeof(text) - 1);
			close(fd);
		}
	}
	if (length < 0) {
		out[0] = ON;
		return;
	}
	text[length] = 0;
	char *rest = NULL;
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		int number;
		char word[16];
		if (sscanf(line, "%d %15s", &number, word) == 2 && number >= 0 && number < CAMERAS)
			out[number] = word_to_state(word);
	}
}

static int64_t now_ns(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* rate 0 stops the timer; a vanished device is readable at once, and DQBUF then says ENODEV. */
static void arm(struct handle *h, unsigned rate)
{
	struct itimerspec spec = { 0 };
	if (h->gone)
		spec.it_value.tv_nsec = 1;
	else if (rate)
		spec.it_interval.tv_nsec = spec.it_value.tv_nsec = 1000000000L / rate;
	timerfd_settime(h->fd, 0, &spec, NULL);
}

/* With the lock held. */
static void apply(const enum state wanted[CAMERAS])
{
	for (int n = 0; n < CAMERAS; n++) {
		enum state before = cameras[n].state;
		cameras[n].state = wanted[n];
		if (before == wanted[n])
			continue;
		for (int fd = 0; fd < MAX_FDS; fd++) {
			struct handle *h = handles[fd];
			if (!h || h->number != n || h->gone)
				continue;
			h->gone = wanted[n] == UNPLUGGED;
			if (h->gone && cameras[n].owner == fd)
				cameras[n].owner = -1;
			if (h->streaming)
				arm(h, wanted[n] == FROZEN ? 0 : cameras[n].rate);
		}
	}
}

static void *watch(void *unused)
{
	(void)unused;
	for (;;) {
		enum state wanted[CAMERAS];
		read_control(wanted);
		pthread_mutex_lock(&lock);
		apply(wanted);
		pthread_mutex_unlock(&lock);
		usleep(CONTROL_POLL_US);
	}
	return NULL;
}

static void start_watcher(void)
{
	pthread_t thread;
	if (!pthread_create(&thread, NULL, watch, NULL))
		pthread_detach(thread);
}

static int is_plugged(int number)
{
	enum state wanted[CAMERAS];
	read_control(wanted);
	pthread_mutex_lock(&lock);
	apply(wanted);
	pthread_mutex_unlock(&lock);
	return wanted[number] != UNPLUGGED;
}

/* ---- pictures ---- */

/* The picture clock, see confab-testkit's `barcode`: luma of a pixel inside the strip, or -1. */
static int strip_luma(unsigned x, unsigned y, unsigned width, unsigned height, uint32_t value)
{
	unsigned cell_width = width / 40, cell_height = height / 12;
	unsigned cell = x / cell_width;
	int white;

	if (y >= 2 * cell_height || cell < 2 || cell >= 38)
		return -1;
	cell -= 2;
	if (cell == 0 || cell == 35)
		white = 1;
	else if (cell == 1 || cell == 34)
		white = 0;
	else
		white = value >> (31 - (cell - 2)) & 1;
	if (y >= cell_height)
		white = !white;
	return white ? 235 : 16;
}

static unsigned luma_at(unsigned x, unsigned y, uint32_t frame)
{
	return 40 + ((x + 4 * frame) & 127) + ((y + frame) >> 1 & 63);
}

/* Luma goes to every `step`th byte, chroma (half the width) wherever the format wants it. */
static void paint(unsigned char *to, const struct camera *camera, uint32_t frame, uint32_t clock_ms)
{
	unsigned width = camera->width, height = camera->height;
	int yuyv = camera->format == V4L2_PIX_FMT_YUYV, black = camera->state == BLACK;
	unsigned char *chroma = to + width * height;

	for (unsigned y = 0; y < height; y++) {
		for (unsigned x = 0; x < width; x++) {
			int strip = y < height / 6 ? strip_luma(x, y, width, height, clock_ms) : -1;
			unsigned char luma = black ? 16 : strip >= 0 ? (unsigned)strip : luma_at(x, y, frame);
			/* Even columns carry U, odd ones V, in both formats. */
			unsigned wave = x & 1 ? y + 2 * frame : (x >> 1) + frame;
			unsigned char colour = black || strip >= 0 ? 128 : 64 + (wave & 127);
			if (yuyv) {
				to[2 * (y * width + x)] = luma;
				to[2 * (y * width + x) + 1] = colour;
			} else {
				to[y * width + x] = luma;
				if (!(y & 1))
					chroma[y / 2 * width + x] = colour;
			}
		}
	}
}

static unsigned image_size(const struct camera *camera)
{
	unsigned pixels = camera->width * camera->height;
	return camera->format == V4L2_PIX_FMT_YUYV ? 2 * pixels : pixels + pixels / 2;
}

/* ---- ioctl ---- */

static int fail(int error)
{
	errno = error;
	return -1;
}

static int query_capability(const struct handle *h, struct v4l2_capability *cap)
{
	memset(cap, 0, sizeof(*cap));
	strcpy((char *)cap->driver, "confab_shim");
	snprintf((char *)cap->card, sizeof(cap->card), "Confab test camera %d", h->number);
	snprintf((char *)cap->bus_info, sizeof(cap->bus_info), "platform:confab-%d", h->number);
	cap->version = 0x060000;
	cap->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
	cap->capabilities = cap->device_caps | V4L2_CAP_DEVICE_CAPS;
	return 0;
}

static int enum_format(struct v4l2_fmtdesc *desc)
{
	uint32_t index = desc->index;
	if (desc->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || index >= COUNT(formats))
		return fail(EINVAL);
	memset(desc, 0, sizeof(*desc));
	desc->index = index;
	desc->type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	desc->pixelformat = formats[index];
	strcpy((char *)desc->description, index == 0 ? "YUYV 4:2:2" : "Y/UV 4:2:0");
	return 0;
}

static int is_format(uint32_t format)
{
	for (unsigned i = 0; i < COUNT(formats); i++)
		if (formats[i] == format)
			return 1;
	return 0;
}

static int enum_size(struct v4l2_frmsizeenum *size)
{
	if (!is_format(size->pixel_format) || size->index >= COUNT(sizes))
		return fail(EINVAL);
	size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
	size->discrete.width = sizes[size->index].width;
	size->discrete.height = sizes[size->index].height;
	return 0;
}

static int enum_interval(struct v4l2_frmivalenum *interval)
{
	if (!is_format(interval->pixel_format) || interval->index >= COUNT(rates))
		return fail(EINVAL);
	interval->type = V4L2_FRMIVAL_TYPE_DISCRETE;
	interval->discrete.numerator = 1;
	interval->discrete.denominator = rates[interval->index];
	return 0;
}

static void tell_format(const struct camera *camera, struct v4l2_pix_format *pix)
{
	memset(pix, 0, sizeof(*pix));
	pix->width = camera->width;
	pix->height = camera->height;
	pix->pixelformat = camera->format;
	pix->field = V4L2_FIELD_NONE;
	pix->bytesperline = camera->format == V4L2_PIX_FMT_YUYV ? 2 * camera->width : camera->width;
	pix->sizeimage = image_size(camera);
	pix->colorspace = V4L2_COLORSPACE_SRGB;
}

/* As a driver does: what is not offered becomes the nearest that is. */
static int set_format(struct camera *camera, struct v4l2_format *format, int only_try)
{
	struct camera wanted = *camera;
	unsigned best = ~0u;

	if (format->type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
		return fail(EINVAL);
	if (!only_try && camera->owner >= 0)
		return fail(EBUSY);
	wanted.format = is_format(format->fmt.pix.pixelformat) ? format->fmt.pix.pixelformat : formats[0];
	for (unsigned i = 0; i < COUNT(sizes); i++) {
		unsigned off = abs((int)sizes[i].width - (int)format->fmt.pix.width) +
			       abs((int)sizes[i].height - (int)format->fmt.pix.height);
		if (off < best) {
			best = off;
			wanted.width = sizes[i].width;
			wanted.height = sizes[i].height;
		}
	}
	if (!only_try)
		*camera = wanted;
	tell_format(&wanted, &format->fmt.pix);
	return 0;
}

static int parameters(struct camera *camera, struct v4l2_streamparm *parm, int set)
{
	if (parm->type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
		return fail(EINVAL);
	struct v4l2_fract wanted = parm->parm.capture.timeperframe;
	if (set && camera->owner >= 0)
		return fail(EBUSY);
	if (set)
		camera->rate = wanted.numerator && wanted.denominator / wanted.numerator <= 20 ? 15 : 30;
	memset(&parm->parm.capture, 0, sizeof(parm->parm.capture));
	parm->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
	parm->parm.capture.timeperframe = (struct v4l2_fract){ 1, camera->rate };
	parm->parm.capture.readbuffers = 2;
	return 0;
}

static int request_buffers(struct handle *h, struct camera *camera, struct v4l2_requestbuffers *request)
{
	long page = sysconf(_SC_PAGESIZE);

	if (request->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || request->memory != V4L2_MEMORY_MMAP)
		return fail(EINVAL);
	if (h->streaming || (camera->owner >= 0 && camera->owner != h->fd))
		return fail(EBUSY);
	if (h->memory >= 0)
		close(h->memory);
	h->memory = -1;
	h->buffers = h->queued = 0;
	memset(h->is_queued, 0, sizeof(h->is_queued));
	camera->owner = -1;
	if (request->count == 0)
		return 0;
	h->buffers = request->count < 2 ? 2 : request->count > MAX_BUFFERS ? MAX_BUFFERS : request->count;
	h->length = image_size(camera);
	h->stride_in_memory = (h->length + page - 1) / page * page;
	h->memory = memfd_create("confab-camera", MFD_CLOEXEC);
	if (h->memory < 0 || ftruncate(h->memory, (off_t)h->stride_in_memory * h->buffers))
		return fail(ENOMEM);
	camera->owner = h->fd;
	request->count = h->buffers;
	request->capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP;
	return 0;
}

static void tell_buffer(const struct handle *h, struct v4l2_buffer *buffer)
{
	buffer->length = h->length;
	buffer->m.offset = buffer->index * h->stride_in_memory;
	buffer->memory = V4L2_MEMORY_MMAP;
	buffer->flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
	if (h->is_queued[buffer->index])
		buffer->flags |= V4L2_BUF_FLAG_QUEUED;
	buffer->field = V4L2_FIELD_NONE;
}

static int queue_buffer(struct handle *h, struct v4l2_buffer *buffer)
{
	if (buffer->index >= h->buffers || h->is_queued[buffer->index])
		return fail(EINVAL);
	h->is_queued[buffer->index] = 1;
	h->queue[h->queued++] = buffer->index;
	tell_buffer(h, buffer);
	return 0;
}

/* With the lock held; gives it back while it waits. */
static int dequeue_buffer(struct handle *h, const struct camera *camera, struct v4l2_buffer *buffer)
{
	uint64_t expired;

	if (!h->streaming)
		return fail(EINVAL);
	while (!h->queued || read(h->fd, &expired, sizeof(expired)) != sizeof(expired)) {
		struct pollfd waiting = { h->fd, POLLIN, 0 };
		if (h->nonblocking || !h->queued)
			return fail(EAGAIN);
		pthread_mutex_unlock(&lock);
		poll(&waiting, 1, -1);
		pthread_mutex_lock(&lock);
		if (h->gone)
			return fail(ENODEV);
	}
	if (h->gone)
		return fail(ENODEV);
	unsigned char *memory = mmap(NULL, h->stride_in_memory, PROT_READ | PROT_WRITE, MAP_SHARED, h->memory,
				     (off_t)h->queue[0] * h->stride_in_memory);
	if (memory == MAP_FAILED)
		return fail(ENOMEM);

	/* The moment of capture is when the timer fired, not when somebody got round to asking. */
	int64_t period = 1000000000LL / camera->rate, now = now_ns(CLOCK_MONOTONIC);
	int64_t captured = now - (now - h->first_ns) % period;
	int64_t wall_ms = (now_ns(CLOCK_REALTIME) - (now - captured)) / 1000000;
	h->sequence += expired;
	paint(memory, camera, h->sequence, (uint32_t)wall_ms);
	munmap(memory, h->stride_in_memory);

	buffer->index = h->queue[0];
	memmove(h->queue, h->queue + 1, --h->queued * sizeof(h->queue[0]));
	h->is_queued[buffer->index] = 0;
	tell_buffer(h, buffer);
	buffer->flags |= V4L2_BUF_FLAG_DONE;
	buffer->bytesused = h->length;
	buffer->sequence = h->sequence;
	buffer->timestamp.tv_sec = captured / 1000000000LL;
	buffer->timestamp.tv_usec = captured % 1000000000LL / 1000;
	return 0;
}

static int stream(struct handle *h, const struct camera *camera, int on)
{
	if (on && !h->buffers)
		return fail(EINVAL);
	h->streaming = on;
	h->first_ns = now_ns(CLOCK_MONOTONIC);
	arm(h, on && camera->state != FROZEN ? camera->rate : 0);
	if (!on) {
		h->queued = 0;
		memset(h->is_queued, 0, sizeof(h->is_queued));
	}
	return 0;
}

/* One control that does nothing: the v4l crate takes a camera without any for a broken one. */
static int query_control(struct v4l2_query_ext_ctrl *control)
{
	uint32_t next = control->id & (V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND);
	uint32_t id = control->id & ~next;
	if (next ? id >= V4L2_CID_BRIGHTNESS : id != V4L2_CID_BRIGHTNESS)
		return fail(EINVAL);
	memset(control, 0, sizeof(*control));
	control->id = V4L2_CID_BRIGHTNESS;
	control->type = V4L2_CTRL_TYPE_INTEGER;
	strcpy(control->name, "Brightness");
	control->minimum = -64;
	control->maximum = 64;
	control->step = 1;
	control->elem_size = sizeof(int32_t);
	control->elems = 1;
	control->flags = V4L2_CTRL_FLAG_READ_ONLY;
	return 0;
}

static int get_controls(struct v4l2_ext_controls *controls)
{
	for (uint32_t i = 0; i < controls->count; i++) {
		if (controls->controls[i].id != V4L2_CID_BRIGHTNESS)
			return fail(EINVAL);
		controls->controls[i].value = 0;
	}
	return 0;
}

/* With the lock held. */
static int camera_ioctl(struct handle *h, uint32_t request, void *arg)
{
	struct camera *camera = &cameras[h->number];
	struct v4l2_format *format = arg;

	if (h->gone)
		return fail(ENODEV);
	switch (request) {
	case VIDIOC_QUERYCAP:
		return query_capability(h, arg);
	case VIDIOC_ENUM_FMT:
		return enum_format(arg);
	case VIDIOC_ENUM_FRAMESIZES:
		return enum_size(arg);
	case VIDIOC_ENUM_FRAMEINTERVALS:
		return enum_interval(arg);
	case VIDIOC_G_FMT:
		if (format->type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
			return fail(EINVAL);
		tell_format(camera, &format->fmt.pix);
		return 0;
	case VIDIOC_S_FMT:
		return set_format(camera, arg, 0);
	case VIDIOC_TRY_FMT:
		return set_format(camera, arg, 1);
	case VIDIOC_G_PARM:
		return parameters(camera, arg, 0);
	case VIDIOC_S_PARM:
		return parameters(camera, arg, 1);
	case VIDIOC_REQBUFS:
		return request_buffers(h, camera, arg);
	case VIDIOC_QUERYBUF:
		if (((struct v4l2_buffer *)arg)->index >= h->buffers)
			return fail(EINVAL);
		tell_buffer(h, arg);
		return 0;
	case VIDIOC_QBUF:
		return queue_buffer(h, arg);
	case VIDIOC_DQBUF:
		return dequeue_buffer(h, camera, arg);
	case VIDIOC_STREAMON:
		return stream(h, camera, 1);
	case VIDIOC_STREAMOFF:
		return stream(h, camera, 0);
	case VIDIOC_QUERY_EXT_CTRL:
		return query_control(arg);
	case VIDIOC_G_EXT_CTRLS:
		return get_controls(arg);
	default:
		return fail(ENOTTY);
	}
}

static struct handle *handle_of(int fd)
{
	return fd >= 0 && fd < MAX_FDS ? handles[fd] : NULL;
}

/* ---- open and close ---- */

/* "/dev/video1" with prefix "/dev/video" and suffix "": 1. -1 when it is another path. */
static int number_in(const char *path, const char *prefix, const char *suffix)
{
	size_t length = strlen(prefix);
	if (!path || strncmp(path, prefix, length) || path[length] < '0' || path[length] >= '0' + CAMERAS ||
	    strcmp(path + length + 1, suffix))
		return -1;
	return path[length] - '0';
}

static int open_camera(int number, int flags)
{
	pthread_once(&watcher, start_watcher);
	if (!is_plugged(number))
		return fail(ENOENT);
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	struct handle *h = calloc(1, sizeof(*h));
	if (fd < 0 || fd >= MAX_FDS || !h) {
		if (fd >= 0)
			close(fd);
		free(h);
		return fail(EMFILE);
	}
	h->fd = fd;
	h->number = number;
	h->memory = -1;
	h->nonblocking = flags & O_NONBLOCK;
	pthread_mutex_lock(&lock);
	handles[fd] = h;
	pthread_mutex_unlock(&lock);
	return fd;
}

/* The name in sysfs, where the v4l crate looks for it. */
static int open_name(int number)
{
	char text[64];
	if (!is_plugged(number))
		return fail(ENOENT);
	int length = snprintf(text, sizeof(text), "Confab test camera %d\n", number);
	int fd = memfd_create("confab-camera-name", MFD_CLOEXEC);
	if (fd < 0 || write(fd, text, length) != length)
		return fail(EIO);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* Is it ours? Then *fd is the answer. */
static int open_ours(const char *path, int flags, int *fd)
{
	int number = number_in(path, "/dev/video", "");
	if (number >= 0) {
		*fd = open_camera(number, flags);
		return 1;
	}
	number = number_in(path, "/sys/class/video4linux/video", "/name");
	if (number >= 0) {
		*fd = open_name(number);
		return 1;
	}
	return 0;
}

#define MODE(last) \
	mode_t mode = 0; \
	if (flags & (O_CREAT | __O_TMPFILE)) { \
		va_list list; \
		va_start(list, last); \
		mode = va_arg(list, mode_t); \
		va_end(list); \
	}

#define OPEN(name) \
	int name(const char *path, int flags, ...) \
	{ \
		int fd; \
		NEXT(name); \
		MODE(flags) \
		return open_ours(path, flags, &fd) ? fd : next(path, flags, mode); \
	}

#define OPENAT(name) \
	int name(int dir, const char *path, int flags, ...) \
	{ \
		int fd; \
		NEXT(name); \
		MODE(flags) \
		return open_ours(path, flags, &fd) ? fd : next(dir, path, flags, mode); \
	}

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

/* What programs built with _FORTIFY_SOURCE call. */
int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

int __open64_2(const char *path, int flags)
{
	return open(path, flags);
}

int close(int fd)
{
	NEXT(close);
	if (handle_of(fd)) {
		pthread_mutex_lock(&lock);
		struct handle *h = handles[fd];
		handles[fd] = NULL;
		if (h && cameras[h->number].owner == fd)
			cameras[h->number].owner = -1;
		pthread_mutex_unlock(&lock);
		if (h && h->memory >= 0)
			next(h->memory);
		free(h);
	}
	return next(fd);
}

/* ---- calls on an open camera ---- */

static int locked_ioctl(int fd, unsigned long request, void *arg)
{
	int result = -1;
	pthread_mutex_lock(&lock);
	struct handle *h = handles[fd];
	if (h)
		result = camera_ioctl(h, (uint32_t)request, arg);
	else
		errno = EBADF;
	pthread_mutex_unlock(&lock);
	return result;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list list;
	NEXT(ioctl);
	va_start(list, request);
	void *arg = va_arg(list, void *);
	va_end(list);
	return handle_of(fd) ? locked_ioctl(fd, request, arg) : next(fd, request, arg);
}

long syscall(long number, ...)
{
	long a[6];
	va_list list;
	NEXT(syscall);
	va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_ioctl && handle_of((int)a[0]))
		return locked_ioctl((int)a[0], (unsigned long)a[1], (void *)a[2]);
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

#define MMAP(name) \
	void *name(void *at, size_t length, int protection, int flags, int fd, off_t offset) \
	{ \
		NEXT(name); \
		struct handle *h = handle_of(fd); \
		return next(at, length, protection, flags, h ? h->memory : fd, offset); \
	}

MMAP(mmap)
MMAP(mmap64)

/* ---- the listing of /dev ---- */

DIR *opendir(const char *path)
{
	NEXT(opendir);
	DIR *dir = next(path);
	if (dir && (!strcmp(path, "/dev") || !strcmp(path, "/dev/"))) {
		pthread_mutex_lock(&lock);
		for (int i = 0; i < MAX_DIRS; i++)
			if (!dirs[i].dir) {
				dirs[i].dir = dir;
				dirs[i].next = 0;
				break;
			}
		pthread_mutex_unlock(&lock);
	}
	return dir;
}

int closedir(DIR *dir)
{
	NEXT(closedir);
	pthread_mutex_lock(&lock);
	for (int i = 0; i < MAX_DIRS; i++)
		if (dirs[i].dir == dir)
			dirs[i].dir = NULL;
	pthread_mutex_unlock(&lock);
	return next(dir);
}

/* The number of the next camera to list in this folder, or -1. *is_dev tells whether it is /dev at all. */
static int next_listed(DIR *dir, int *is_dev, int advance)
{
	int number = -1;
	*is_dev = 0;
	pthread_mutex_lock(&lock);
	for (int i = 0; i < MAX_DIRS; i++)
		if (dirs[i].dir == dir) {
			*is_dev = 1;
			if (advance && dirs[i].next < CAMERAS)
				number = dirs[i].next++;
		}
	pthread_mutex_unlock(&lock);
	return number;
}

/* Real cameras are left out, so that a test sees the same on every machine. */
#define READDIR(name, type) \
	struct type *name(DIR *dir) \
	{ \
		static __thread struct type fake; \
		int is_dev, number; \
		NEXT(name); \
		next_listed(dir, &is_dev, 0); \
		for (struct type *entry; (entry = next(dir));) \
			if (!is_dev || strncmp(entry->d_name, "video", 5)) \
				return entry; \
		while (is_dev && (number = next_listed(dir, &is_dev, 1)) >= 0) \
			if (is_plugged(number)) { \
				memset(&fake, 0, sizeof(fake)); \
				fake.d_ino = 0x60000 + number; \
				fake.d_type = DT_CHR; \
				fake.d_reclen = sizeof(fake); \
				sprintf(fake.d_name, "video%d", number); \
				return &fake; \
			} \
		return NULL; \
	}

READDIR(readdir, dirent)
READDIR(readdir64, dirent64)
