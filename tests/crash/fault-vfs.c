/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fault-vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 512

typedef struct {
  guint8   bytes[SECTOR];     /* as they were synced; zeros where there were none */
  gboolean forgotten;         /* a sync of what was written failed: the next one does not try again */
} Sector;

/* A file by its path, whoever has it open: how it is on the disk, where that is not how it is read. */
typedef struct {
  char       *path;
  GHashTable *sectors;        /* number (from 1) → Sector: those that were written since */
  gint64      length;         /* as synced */
  gboolean    synced_there;   /* its name is on the disk */
  GByteArray *deleted;        /* what the disk has by that name instead, or NULL */
  guint       errors;         /* syncs that failed: whoever has it open is told once */
} Unsynced;

typedef struct {
  sqlite3_file  parent;
  Unsynced     *unsynced;     /* borrowed; NULL = a temporary file, of which nothing outlives the process */
  guint         told;         /* of its errors */
  sqlite3_file *real;         /* lies behind this struct */
} FaultFile;

static struct {
  FaultPlan    plan;
  GRecMutex    lock;          /* held from what is read before a write until it is written */
  GHashTable  *files;         /* path → Unsynced */
  GRand       *rand;
  guint        writes, syncs;
  gboolean     happened;
  sqlite3_vfs *real, vfs;
} disk;

/* ---- what is not synced ------------------------------------------------------------------------ */

static gint64
length_of (const char *path)
{
  struct stat about;
  return stat (path, &about) == 0 ? about.st_size : -1;   /* -1 = is not there */
}

static gboolean
is_synced (gpointer number, gpointer sector, gpointer data)
{
  return !((Sector *) sector)->forgotten;
}

static gboolean
forget (gpointer number, gpointer sector, gpointer data)
{
  ((Sector *) sector)->forgotten = TRUE;
  return FALSE;
}

static void
settle (Unsynced *file)
{
  gint64 length = length_of (file->path);

  g_hash_table_foreach_remove (file->sectors, is_synced, NULL);
  g_clear_pointer (&file->deleted, g_byte_array_unref);
  file->synced_there = length >= 0;
  file->length = MAX (length, 0);
}

/* The first sync of a log or journal that was made syncs its folder too, in SQLite's VFS: all names are as they are read.
 * (In tests all files are in one folder.) */
static void
settle_names (void)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, disk.files);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Unsynced *file = value;
    file->synced_there = length_of (file->path) >= 0;
    g_clear_pointer (&file->deleted, g_byte_array_unref);
  }
}

static Unsynced *
find_file (const char *path)
{
  Unsynced *file = g_hash_table_lookup (disk.files, path);

  if (file == NULL) {
    file = g_new0 (Unsynced, 1);
    file->path = g_strdup (path);
    file->sectors = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    g_hash_table_insert (disk.files, file->path, file);
    settle (file);
  }
  return file;
}

/* Before the bytes from @start to @end change, by which @real is open: how they are, where that is still what was synced. */
static void
keep_synced (Unsynced *file, sqlite3_file *real, gint64 start, gint64 end)
{
  for (gint64 number = start / SECTOR; number * SECTOR < end; number++) {
    gpointer key = GSIZE_TO_POINTER ((gsize) number + 1);
    Sector *sector = g_hash_table_lookup (file->sectors, key);
    if (sector == NULL) {
      g_hash_table_insert (file->sectors, key, sector = g_new0 (Sector, 1));
      if (number * SECTOR < file->length)   /* what is beyond the end comes as zeros, with an error that means it */
        real->pMethods->xRead (real, sector->bytes, SECTOR, number * SECTOR);
    }
    sector->forgotten = FALSE;
  }
}

/* ---- the power is cut ---------------------------------------------------------------------------- */

static FaultFate
fate_of_one (void)
{
  return disk.plan.fate == FATE_MIXED ? (FaultFate) g_rand_int_range (disk.rand, 0, FATE_MIXED) : disk.plan.fate;
}

/* Of a thing that cannot be half there. */
static gboolean
is_kept (void)
{
  FaultFate fate = fate_of_one ();
  return fate == FATE_KEPT || (fate != FATE_LOST && g_rand_boolean (disk.rand));
}

/* @now: a sector as it was written last; becomes what the disk has of it. @synced: as it was before. */
static void
decide_sector (guint8 *now, const guint8 *synced)
{
  int first = 0, last = SECTOR;
  while (first < last && now[first] == synced[first])
    first++;
  while (last > first && now[last - 1] == synced[last - 1])
    last--;
  switch (fate_of_one ()) {
  case FATE_LOST:
    memcpy (now, synced, SECTOR);
    break;
  case FATE_TORN:
    if (first < last)
      first = g_rand_int_range (disk.rand, first, last);
    memcpy (now + first, synced + first, (gsize) (SECTOR - first));
    break;
  case FATE_GARBLED:
    for (int i = first; i < last; i++)
      now[i] = (guint8) g_rand_int (disk.rand);
    break;
  case FATE_KEPT:
  default:
    break;
  }
}

static void
decide_sectors (Unsynced *file, int descriptor)
{
  GHashTableIter iter;
  gpointer key, synced;

  g_hash_table_iter_init (&iter, file->sectors);
  while (g_hash_table_iter_next (&iter, &key, &synced)) {
    off_t place = (off_t) (GPOINTER_TO_SIZE (key) - 1) * SECTOR;
    guint8 now[SECTOR] = { 0 };
    if (pread (descriptor, now, SECTOR, place) < 0)
      g_error ("%s: cannot be read back", file->path);
    decide_sector (now, ((Sector *) synced)->bytes);
    if (pwrite (descriptor, now, SECTOR, place) != SECTOR)
      g_error ("%s: cannot be spoilt", file->path);
  }
}

/* It, or one that was deleted, or none. */
static gboolean
decide_name (Unsynced *file)
{
  if (length_of (file->path) >= 0 && (file->synced_there || is_kept ()))
    return TRUE;
  unlink (file->path);
  if (file->deleted != NULL && !is_kept ()
      && !g_file_set_contents (file->path, (char *) file->deleted->data, file->deleted->len, NULL))
    g_error ("%s: cannot be brought back", file->path);
  return FALSE;
}

static void
decide_file (Unsynced *file)
{
  if (!decide_name (file))
    return;
  gint64 length = is_kept () ? length_of (file->path) : file->length;
  int descriptor = open (file->path, O_RDWR);
  decide_sectors (file, descriptor);
  if (ftruncate (descriptor, length) != 0)
    g_error ("%s: cannot be cut off", file->path);
  close (descriptor);
}

/* Other threads wait for the lock until the process has ended. */
static G_NORETURN void
cut_power (void)
{
  GHashTableIter iter;
  gpointer file;

  g_hash_table_iter_init (&iter, disk.files);
  while (g_hash_table_iter_next (&iter, NULL, &file))
    decide_file (file);
  _exit (FAULT_POWER_EXIT);
}

/* ---- a file -------------------------------------------------------------------------------------- */

static gboolean
is_due (guint count)
{
  gboolean due = count >= disk.plan.at && count - disk.plan.at < MAX (disk.plan.lasts, 1);
  disk.happened = disk.happened || due;
  return due;
}

static int
file_close (sqlite3_file *parent)
{
  FaultFile *file = (FaultFile *) parent;
  return file->real->pMethods->xClose (file->real);
}

static int
file_read (sqlite3_file *parent, void *bytes, int n, sqlite3_int64 offset)
{
  FaultFile *file = (FaultFile *) parent;
  return file->real->pMethods->xRead (file->real, bytes, n, offset);
}

static int
write_or_fail (FaultFile *file, const void *bytes, int n, sqlite3_int64 offset)
{
  static const int codes[] = { [FAULT_FULL] = SQLITE_FULL, [FAULT_SHORT] = SQLITE_FULL, [FAULT_ERROR] = SQLITE_IOERR_WRITE };
  FaultKind kind = disk.plan.kind;
  gboolean fails = kind != FAULT_POWER && kind != FAULT_SYNC && is_due (++disk.writes);

  n = !fails ? n : kind == FAULT_SHORT ? n / 2 : 0;
  if (file->unsynced != NULL)
    keep_synced (file->unsynced, file->real, offset, offset + n);
  int code = n > 0 ? file->real->pMethods->xWrite (file->real, bytes, n, offset) : SQLITE_OK;
  return fails ? codes[kind] : code;
}

static int
file_write (sqlite3_file *parent, const void *bytes, int n, sqlite3_int64 offset)
{
  g_rec_mutex_lock (&disk.lock);
  int code = write_or_fail ((FaultFile *) parent, bytes, n, offset);
  g_rec_mutex_unlock (&disk.lock);
  return code;
}

static int
file_truncate (sqlite3_file *parent, sqlite3_int64 length)
{
  FaultFile *file = (FaultFile *) parent;

  g_rec_mutex_lock (&disk.lock);
  if (file->unsynced != NULL)
    keep_synced (file->unsynced, file->real, length, length_of (file->unsynced->path));
  int code = file->real->pMethods->xTruncate (file->real, length);
  g_rec_mutex_unlock (&disk.lock);
  return code;
}

static int
sync_or_fail (FaultFile *file)
{
  disk.syncs++;
  if (disk.plan.kind == FAULT_POWER && is_due (disk.syncs))
    cut_power ();
  if (disk.plan.cut > 0 && disk.happened && disk.syncs > disk.plan.at + disk.plan.lasts + disk.plan.cut)
    cut_power ();
  if (file->unsynced == NULL || disk.plan.lies)
    return SQLITE_OK;
  if (disk.plan.kind == FAULT_SYNC && is_due (disk.syncs)) {
    g_hash_table_foreach_remove (file->unsynced->sectors, forget, NULL);
    file->unsynced->errors++;
  }
  if (file->told != file->unsynced->errors) {
    file->told = file->unsynced->errors;
    return SQLITE_IOERR_FSYNC;
  }
  if (!file->unsynced->synced_there)
    settle_names ();
  settle (file->unsynced);
  return SQLITE_OK;
}

/* Nothing of it goes to the real disk: this one is as fast as memory. */
static int
file_sync (sqlite3_file *parent, int flags)
{
  g_rec_mutex_lock (&disk.lock);
  int code = sync_or_fail ((FaultFile *) parent);
  g_rec_mutex_unlock (&disk.lock);
  return code;
}

/* The rest is the real file's. */
#define PASSED_ON(name, words, ...) \
  static int file_##name words { FaultFile *file = (FaultFile *) parent; \
                                 return file->real->pMethods->x##name (file->real, ##__VA_ARGS__); }
PASSED_ON (FileSize, (sqlite3_file *parent, sqlite3_int64 *length), length)
PASSED_ON (Lock, (sqlite3_file *parent, int level), level)
PASSED_ON (Unlock, (sqlite3_file *parent, int level), level)
PASSED_ON (CheckReservedLock, (sqlite3_file *parent, int *held), held)
PASSED_ON (FileControl, (sqlite3_file *parent, int what, void *argument), what, argument)
PASSED_ON (SectorSize, (sqlite3_file *parent))
PASSED_ON (DeviceCharacteristics, (sqlite3_file *parent))
PASSED_ON (ShmMap, (sqlite3_file *parent, int page, int size, int extend, void volatile **memory), page, size, extend,
           memory)
PASSED_ON (ShmLock, (sqlite3_file *parent, int offset, int n, int flags), offset, n, flags)
PASSED_ON (ShmUnmap, (sqlite3_file *parent, int remove), remove)

static void
file_ShmBarrier (sqlite3_file *parent)
{
  FaultFile *file = (FaultFile *) parent;
  file->real->pMethods->xShmBarrier (file->real);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2, .xClose = file_close, .xRead = file_read, .xWrite = file_write, .xTruncate = file_truncate,
  .xSync = file_sync, .xFileSize = file_FileSize, .xLock = file_Lock, .xUnlock = file_Unlock,
  .xCheckReservedLock = file_CheckReservedLock, .xFileControl = file_FileControl, .xSectorSize = file_SectorSize,
  .xDeviceCharacteristics = file_DeviceCharacteristics, .xShmMap = file_ShmMap, .xShmLock = file_ShmLock,
  .xShmBarrier = file_ShmBarrier, .xShmUnmap = file_ShmUnmap,
};

/* ---- the disk ------------------------------------------------------------------------------------ */

static int
disk_open (sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *parent, int flags, int *out)
{
  FaultFile *file = (FaultFile *) parent;
  gboolean lasting = name != NULL && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;

  g_rec_mutex_lock (&disk.lock);
  file->unsynced = lasting ? find_file (name) : NULL;   /* before it is made */
  file->told = lasting ? file->unsynced->errors : 0;
  file->real = (sqlite3_file *) (file + 1);
  int code = disk.real->xOpen (disk.real, name, file->real, flags, out);
  g_rec_mutex_unlock (&disk.lock);
  parent->pMethods = file->real->pMethods != NULL ? &methods : NULL;
  return code;
}

/* Until the folder is synced, the disk has what the file held when it was. Only of files that hold no locks: to close a
 * descriptor would give them up. */
static void
keep_deleted (Unsynced *file)
{
  g_autofree char *bytes = NULL;
  gsize length = 0;
  GHashTableIter iter;
  gpointer key, synced;

  if (!file->synced_there || !g_file_get_contents (file->path, &bytes, &length, NULL))
    return;
  GByteArray *all = g_byte_array_new ();
  g_byte_array_append (all, (guint8 *) bytes, (guint) length);
  g_byte_array_set_size (all, (guint) (file->length + SECTOR));
  g_hash_table_iter_init (&iter, file->sectors);
  while (g_hash_table_iter_next (&iter, &key, &synced)) {
    gint64 place = (gint64) (GPOINTER_TO_SIZE (key) - 1) * SECTOR;
    if (place < file->length)
      memcpy (all->data + place, ((Sector *) synced)->bytes, SECTOR);
  }
  g_byte_array_set_size (all, (guint) file->length);
  g_hash_table_remove_all (file->sectors);
  file->deleted = all;
  file->length = 0;
  file->synced_there = FALSE;
}

static int
disk_delete (sqlite3_vfs *vfs, const char *name, int sync_folder)
{
  g_rec_mutex_lock (&disk.lock);
  Unsynced *file = g_hash_table_lookup (disk.files, name);
  if (file != NULL)
    keep_deleted (file);
  int code = disk.real->xDelete (disk.real, name, 0);
  if (sync_folder && file != NULL && !disk.plan.lies)
    settle (file);
  g_rec_mutex_unlock (&disk.lock);
  return code;
}

void
fault_disk_install (const FaultPlan *plan)
{
  disk.plan = *plan;
  disk.files = g_hash_table_new (g_str_hash, g_str_equal);
  disk.rand = g_rand_new_with_seed (plan->seed);
  disk.real = sqlite3_vfs_find (NULL);
  disk.vfs = *disk.real;
  disk.vfs.zName = "fault";
  disk.vfs.pNext = NULL;
  disk.vfs.szOsFile = (int) sizeof (FaultFile) + disk.real->szOsFile;
  disk.vfs.xOpen = disk_open;
  disk.vfs.xDelete = disk_delete;
  g_assert_cmpint (sqlite3_vfs_register (&disk.vfs, 1), ==, SQLITE_OK);
}

gboolean
fault_disk_happened (void)
{
  return disk.happened;
}
