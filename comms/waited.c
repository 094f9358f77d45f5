/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "waited.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

gint64
comms_waited_stream (int fd)
{
  struct tcp_info info;
  socklen_t size = sizeof info;

  if (getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || size < sizeof info)
    return 0;
  return info.tcpi_last_data_recv * (gint64) G_TIME_SPAN_MILLISECOND;
}

gint64
comms_waited_datagram (int fd)
{
  struct timeval came;

  if (ioctl (fd, SIOCGSTAMP, &came) != 0)
    return 0;
  return MAX (g_get_real_time () - (came.tv_sec * G_USEC_PER_SEC + came.tv_usec), 0);
}

void
comms_waited_note (int fd)
{
  comms_waited_datagram (fd);   /* to have asked once is what it takes */
}
