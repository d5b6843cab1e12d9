"""Values for very many records, through queue ``value-batches``: plan → lanes of chunks → finish.

The plan makes each distinct question once and lays questions and records down in blobs. Some lanes work through the
questions, one chunk a message, so that several workers share a job and several jobs share a worker. The last lane's end
starts the finish, which writes one result per record, in input order. Where a job stands is one row of table
``ValueJobs``; every change of it is made over its ETag.
"""
